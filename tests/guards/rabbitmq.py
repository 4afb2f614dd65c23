"""The guards of the adapter to RabbitMQ, and the tests that miss them."""

from tests.guards.removal import Mutation

BUS = "tests/contract/test_bus.py"
RABBIT = "tests/contract/test_rabbit_bus.py"
BROKEN = "tests/contract/test_bus_and_broken_broker.py"
CONFIRMS = "tests/unit/rabbitmq/test_confirm_channel.py"
LIBRARY = "tests/unit/rabbitmq/test_client_library.py"

RABBITMQ_GUARDS = (
    Mutation(
        "a message in hand is not held a second time",
        "shared/rabbitmq/consumer.py",
        "            await self._receiving.wait()\n",
        "",
        f"{BUS}::test_what_is_in_hand_at_several_losses_comes_again_once",
    ),
    Mutation(
        "what is published is persistent",
        "shared/rabbitmq/publication_frames.py",
        'PERSISTENT = b"\\x02"',
        'PERSISTENT = b"\\x01"',
        f"{RABBIT}::test_what_is_published_survives_a_restart_of_the_broker",
    ),
    Mutation(
        "publishing and consuming have connections of their own",
        "shared/rabbitmq/bus.py",
        "self._consuming, self._publishing = broker(settings), broker(settings)",
        "self._consuming = self._publishing = broker(settings)",
        f"{BROKEN}::test_short_of_memory_publishing_ends_in_time_and_consuming_goes_on",
    ),
    Mutation(
        "a publication has a time-out",
        "shared/rabbitmq/batch_publisher.py",
        "async with asyncio.timeout(self._settings.publish_timeout_s):",
        "async with asyncio.timeout(None):",
        f"{RABBIT}::test_a_publication_without_confirm_ends_in_time_and_the_next_is_its_own",
    ),
    Mutation(
        "a late confirm is not taken for another batch",
        "shared/rabbitmq/confirm_channel.py",
        "if each[0] is not batch}",
        "if True}",
        f"{CONFIRMS}::test_a_late_confirm_is_not_taken_for_another_batch",
    ),
    Mutation(
        "a negative confirm is no confirm",
        "shared/rabbitmq/confirm_channel.py",
        "if isinstance(frame, Basic.Ack) else Published.RETURNED",
        "if True else Published.RETURNED",
        f"{CONFIRMS}::test_a_negative_confirm_is_no_confirm",
    ),
    Mutation(
        "what no queue takes is not taken for sent",
        "shared/rabbitmq/confirm_channel.py",
        "                batch.results[index] = Published.RETURNED\n",
        "                pass\n",
        f"{BUS}::test_a_message_to_a_queue_that_is_not_there_is_not_taken_for_sent",
    ),
    Mutation(
        "what was published on a closed channel is not waited for",
        "shared/rabbitmq/confirm_channel.py",
        "        self.cause = cause_of(closing)\n        self._end()\n",
        "        self.cause = cause_of(closing)\n",
        f"{CONFIRMS}::test_a_closed_channel_lets_its_batches_go_on",
    ),
    Mutation(
        "a body over the bound of the broker keeps back no other",
        "shared/rabbitmq/batch_publisher.py",
        "        self._refuse_oversized(batch)\n",
        "",
        f"{BROKEN}::test_a_body_that_the_broker_refuses_keeps_back_no_other",
    ),
    Mutation(
        "a connection that ends by silence cancels nobody",
        "shared/rabbitmq/channels.py",
        "        raise BrokerUnavailableError(LOST) from None\n",
        "        raise\n",
        f"{RABBIT}::test_whoever_waits_when_a_silence_is_noticed_is_told_and_not_cancelled",
    ),
    Mutation(
        "a service that stops consumes no more",
        "shared/rabbitmq/consumer.py",
        "            if self._restoring is not None or self._stopped:\n",
        "            if self._restoring is not None:\n",
        f"{BUS}::test_after_stop_receiving_nothing_is_received",
    ),
    Mutation(
        "the broker delivers no more than the prefetch",
        "shared/rabbitmq/consumer_channel.py",
        "basic_qos(prefetch_count=prefetch)",
        "basic_qos(prefetch_count=0)",
        f"{RABBIT}::test_the_broker_delivers_no_more_than_the_prefetch",
    ),
    Mutation(
        "a delivery of a lost channel settles nothing",
        "shared/rabbitmq/consumer.py",
        "if tag.channel is channel]",
        "if True]",
        f"{BUS}::test_a_delivery_of_a_lost_channel_settles_nothing",
    ),
    Mutation(
        "what is older and unsettled is not settled along",
        "shared/rabbitmq/consumer_channel.py",
        "if oldest is None or number < oldest]",
        "if True]",
        f"{BUS}::test_what_is_older_and_unsettled_is_not_settled_along",
    ),
    Mutation(
        "a consumer that the broker cancels begins again",
        "shared/rabbitmq/consumer.py",
        "        protocol.on_consumer_cancel_callbacks.add(on_end)\n",
        "",
        f"{RABBIT}::test_a_deleted_queue_is_consumed_again_once_it_is_back",
    ),
    Mutation(
        "a channel that the broker closes is replaced",
        "shared/rabbitmq/consumer.py",
        "        protocol.closing.add_done_callback(lambda closing: on_end(cause_of(closing)))\n",
        "",
        f"{RABBIT}::test_a_channel_that_the_broker_closes_is_replaced",
    ),
    Mutation(
        "odd properties kill no connection",
        "shared/rabbitmq/connections.py",
        "tolerant_decoding.install()\n",
        "",
        f"{RABBIT}::test_odd_properties_kill_no_connection",
    ),
    Mutation(
        "a silent network is noticed",
        "shared/rabbitmq/connections.py",
        "        url = url.update_query(heartbeat=settings.amqp_heartbeat_s)\n",
        "        pass\n",
        f"{LIBRARY}::test_the_heartbeat_is_that_of_the_settings_unless_the_address_names_one",
    ),
    Mutation(
        "dead letters may be read any number of times",
        "shared/rabbitmq/topology.py",
        '{"x-queue-type": "quorum", "x-delivery-limit": DEAD_LETTER_DELIVERIES_MAX}',
        '{"x-queue-type": "quorum"}',
        f"{RABBIT}::test_dead_letters_may_be_browsed_any_number_of_times",
    ),
)
