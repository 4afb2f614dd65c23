"""The guards of kernel and adapters: where each stands, what it is replaced by, who misses it."""

from tests.guards.removal import Mutation

RELAY = "tests/unit/kernel/test_outbox_relay.py"
UNIT = "tests/unit/kernel/test_unit_of_work.py"
SESSION = "tests/unit/kernel/test_session.py"
WORKER = "tests/unit/kernel/test_worker.py"
REJECTIONS = "tests/unit/kernel/test_rejections.py"
STORE = "tests/contract/test_store.py"
OUTBOX = "tests/contract/test_outbox.py"
DOCUMENTS = "tests/integration/test_outbox_documents.py"
DURABILITY = "tests/integration/test_durability.py"
FAULTS = "tests/integration/test_store_faults.py"
ERRORS = "tests/unit/mongodb/test_errors.py"

GUARDS = (
    Mutation(
        "a record published in part stays unpublished",
        "shared/kernel/outbox_relay.py",
        "if set(own) != {Published.CONFIRMED}}",
        "if Published.CONFIRMED not in own}",
        f"{RELAY}::test_a_record_that_was_published_in_part_is_published_again",
    ),
    Mutation(
        "the relay leaves what is in flight",
        "shared/kernel/outbox_relay.py",
        "if batch.id not in self._in_flight",
        "if True",
        f"{RELAY}::test_what_the_fast_path_has_in_flight_is_not_relayed_too",
    ),
    Mutation(
        "the relay outlives any fault",
        "shared/kernel/outbox_relay.py",
        "            except Exception:\n",
        "            except OSError:\n",
        f"{RELAY}::test_the_relay_outlives_any_fault",
    ),
    Mutation(
        "one unroutable message blocks no other",
        "shared/kernel/outbox_relay.py",
        "blocked=Published.UNKNOWN in results and Published.CONFIRMED not in results",
        "blocked=set(results) != {Published.CONFIRMED}",
        f"{RELAY}::test_one_message_that_no_queue_takes_stops_no_other",
    ),
    Mutation(
        "publishing is noted as blocked",
        "shared/kernel/outbox_relay.py",
        "if batch is None or self._blocked:",
        "if batch is None:",
        f"{RELAY}::test_a_blocked_broker_is_not_asked_again_for_each_batch",
    ),
    Mutation(
        "a refused body is looked up too",
        "shared/kernel/unit_of_work.py",
        "if key not in handled and key not in faults",
        "if key not in handled",
        f"{UNIT}::test_a_refused_body_that_comes_again_is_refused_once",
    ),
    Mutation(
        "an unreadable state is the fault of the messages that need it",
        "shared/kernel/unit_of_work.py",
        "        except ValueError:\n",
        "        except OSError:\n",
        f"{UNIT}::test_a_first_read_that_fails_refuses_the_messages_that_need_it_alone",
    ),
    Mutation(
        "only a redriven message is a replay",
        "shared/kernel/inbound.py",
        "    if not delivery.redriven:\n        return 0\n",
        "",
        f"{UNIT}::test_only_what_was_redriven_is_a_replay",
    ),
    Mutation(
        "attempts are counted in the store",
        "shared/kernel/worker.py",
        "attempts = await self._store.count_attempt(key)",
        "attempts = 1",
        f"{WORKER}::test_a_message_that_kills_before_it_is_decoded_ends_in_the_dead_letters",
    ),
    Mutation(
        "a suspect is tried with nothing else in hand",
        "shared/kernel/worker.py",
        "        elif self._bus.one_at_a_time:\n",
        "        elif True:\n",
        f"{WORKER}::test_suspects_among_many_are_set_aside_until_they_are_alone",
    ),
    Mutation(
        "nothing is in hand while the store is away",
        "shared/kernel/worker.py",
        "        await self._bus.pause()\n        await self._sleep(self._fruitless_wait_s())\n",
        "        await self._sleep(self._fruitless_wait_s())\n",
        f"{WORKER}::test_while_the_store_is_away_no_message_is_in_hand",
    ),
    Mutation(
        "a redriven suspect has all its attempts again",
        "shared/kernel/worker.py",
        "        await self._store.forget_attempts([key])\n        self._survived = None\n",
        "        self._survived = None\n",
        f"{WORKER}::test_a_message_that_kills_before_it_is_decoded_ends_in_the_dead_letters",
    ),
    Mutation(
        "a store without transactions is away",
        "shared/kernel/worker.py",
        "                await transaction.write([], [], self._worker, read_shared=True)\n",
        "                pass\n",
        f"{WORKER}::test_a_store_without_transactions_is_away_whatever_else_it_writes",
    ),
    Mutation(
        "a suspect is not blamed for a restart",
        "shared/kernel/worker.py",
        "except (StoreError, asyncio.CancelledError):",
        "except StoreError:",
        f"{WORKER}::test_a_suspect_is_not_blamed_for_restarts_while_its_commit_fails",
    ),
    Mutation(
        "an attempt without an answer is forgotten",
        "shared/kernel/worker.py",
        "self._survived = key = attempt_key(suspect)",
        "key = attempt_key(suspect)",
        f"{WORKER}::test_a_suspect_is_not_blamed_for_attempts_whose_counting_has_no_answer",
    ),
    Mutation(
        "no attempt is counted while a process begins",
        "shared/kernel/worker.py",
        "        if (wait_s := self._settings.attempts_after_s - age_s) > 0:\n",
        "        if (wait_s := 0) > 0:\n",
        f"{WORKER}::test_a_suspect_is_not_blamed_where_processes_are_killed_as_they_begin",
    ),
    Mutation(
        "a suspect whose work was in conflict killed nobody",
        "shared/kernel/settlement.py",
        "        if conflicts == 1 and len(batch) == 1 and batch[0].delivery.redelivered:\n",
        "        if False:\n",
        f"{WORKER}::test_a_suspect_is_not_blamed_for_deaths_while_others_hold_its_documents",
    ),
    Mutation(
        "a store that takes only the probe is asked ever more seldom",
        "shared/kernel/worker.py",
        "        self._fruitless_pauses += 1\n",
        "",
        f"{WORKER}::test_a_store_that_takes_the_probe_and_nothing_else_is_asked_ever_more_seldom",
    ),
    Mutation(
        "no job ends in silence",
        "shared/kernel/worker.py",
        '        raise RuntimeError("a job was cancelled that nobody cancelled") from None\n',
        "        raise\n",
        f"{WORKER}::test_a_cancellation_that_nobody_asked_for_ends_no_job_in_silence",
    ),
    Mutation(
        "a notice never answers itself",
        "shared/kernel/rejections.py",
        "    if name == NOTICE or inbound.fault.event_type == BY_NAME[NOTICE].type:\n",
        "    if False:\n",
        f"{REJECTIONS}::test_exactly_the_first_that_got_it_answers",
    ),
    Mutation(
        "a dead letter has an id that AMQP can carry",
        "shared/kernel/messages.py",
        "text and len(text.encode()) <= AMQP_ID_BYTES_MAX",
        "text",
        f"{REJECTIONS}::test_the_id_of_a_dead_letter_is_one_that_amqp_can_carry",
    ),
    Mutation(
        "conflicts have a bound",
        "shared/kernel/settlement.py",
        "if conflicts >= settings.conflicts_max:",
        "if False:",
        f"{WORKER}::test_a_message_that_conflicts_for_ever_is_given_back",
    ),
    Mutation(
        "an error of the whole store condemns no message",
        "shared/kernel/settlement.py",
        "        if inbound.event is None:\n            await self._store.forget_attempts",
        "        if False:\n            await self._store.forget_attempts",
        f"{WORKER}::test_an_unexpected_error_that_is_the_store_s_own_condemns_nothing",
    ),
    Mutation(
        "writes come in one order",
        "shared/kernel/session.py",
        "return sorted(self._written.values(), key=_place)",
        "return list(self._written.values())",
        f"{SESSION}::test_writes_are_sorted_so_that_two_units_meet_at_the_first_they_share",
    ),
    Mutation(
        "a written shared state fences those that read it",
        "shared/mongodb/transaction.py",
        "                await self._delete_read_locks()\n",
        "                pass\n",
        f"{STORE}::test_a_writer_of_shared_state_stops_a_reader_in_flight",
    ),
    Mutation(
        "a first reader of shared states conflicts with their writer",
        "shared/mongodb/transaction.py",
        "STEP, upsert=True, session=self._session)\n            first",
        "STEP, session=self._session)\n            first",
        f"{STORE}::test_a_writer_of_shared_state_stops_a_reader_in_flight",
    ),
    Mutation(
        "a lease that ran out marks nothing",
        "shared/mongodb/outbox.py",
        ' | ({"token": token} if token else {})',
        "",
        f"{OUTBOX}::test_a_lease_that_ran_out_marks_nothing",
    ),
    Mutation(
        "what was not published stays in the outbox",
        "shared/kernel/messages.py",
        "if key in unpublished",
        "if False",
        f"{OUTBOX}::test_what_was_not_published_of_a_batch_waits_on",
    ),
    Mutation(
        "what cannot be read stays in the outbox",
        "shared/kernel/messages.py",
        ", *self.unreadable)",
        ",)",
        f"{DOCUMENTS}::test_a_record_that_cannot_be_read_stays_and_stops_no_other",
    ),
    Mutation(
        "what is dated ahead is leased",
        "shared/mongodb/outbox.py",
        ', {"$expr": is_ahead}',
        "",
        f"{DOCUMENTS}::test_what_is_dated_ahead_of_the_server_is_leased",
    ),
    Mutation(
        "a commit of unknown result is an absence",
        "shared/mongodb/errors.py",
        "if fault.has_error_label(UNKNOWN_RESULT):",
        "if False:",
        f"{ERRORS}::test_a_commit_of_unknown_result_is_an_absence",
    ),
    Mutation(
        "codes of an outage are no message's fault",
        "shared/mongodb/errors.py",
        "    (AWAY, StoreUnavailableError),\n",
        "",
        f"{FAULTS}::test_a_write_that_fails_leaves_nothing_and_can_be_tried_again",
    ),
    Mutation(
        "a commit is asked for again while its answer is lost",
        "shared/mongodb/store.py",
        "if not fault.has_error_label(UNKNOWN_RESULT) or loop.time() > deadline:",
        "if True:",
        f"{FAULTS}::test_a_commit_whose_answers_are_lost_is_asked_for_again",
    ),
    Mutation(
        "transactions read a snapshot",
        "shared/mongodb/store.py",
        'read_concern=ReadConcern("snapshot"),',
        "",
        f"{DURABILITY}::test_a_transaction_reads_a_snapshot_and_commits_durably",
    ),
    Mutation(
        "transactions commit durably",
        "shared/mongodb/store.py",
        'write_concern=WriteConcern("majority", j=True),',
        "write_concern=WriteConcern(1),",
        f"{DURABILITY}::test_a_transaction_reads_a_snapshot_and_commits_durably",
    ),
    Mutation(
        "the relay reads what a majority has",
        "shared/mongodb/outbox.py",
        ', read_concern=ReadConcern("majority")',
        "",
        f"{DURABILITY}::test_the_relay_reads_what_a_majority_has",
    ),
    Mutation(
        "attempts are counted durably",
        "shared/mongodb/store.py",
        '        w="majority",\n        journal=True,\n',
        "",
        f"{DURABILITY}::test_attempts_are_counted_and_forgotten_durably",
    ),
    Mutation(
        "an attempt is counted once",
        "shared/mongodb/store.py",
        "retryWrites=True",
        "retryWrites=False",
        f"{FAULTS}::test_an_attempt_is_counted_once_however_often_it_is_sent",
    ),
)
