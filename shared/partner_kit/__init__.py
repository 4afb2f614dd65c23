"""The kit for partners: the contract, sample messages with their expected answers, a test runner.

The samples are built here and written to `shared/contracts/samples` by `generate`, together with
the JSON Schemas, the AsyncAPI documents and docs/contract.md. To read them in order:

- `sample`: the model of a sample and of its expected answers;
- `messages`: one valid message of each event that partners send, from which samples are derived;
- `builder`: drafts of samples; `deposits` and `payments` hold the valid ones, put in order by
  `scenario`; `invalid_data` and `invalid_envelopes` hold the invalid ones;
- `catalogue`: all samples with their numbers;
- `generate`: writes the generated files (`--check` compares them only);
- `distribution`: the folder that a partner receives (`clas conformance --kit`);
- `file_validation`, with `unknown_fields`: the verdict on a partner's file, without any server;
- `runner`, with `diff`: sends the samples to an exchange and compares the answers;
  `live_exchange` is the exchange of a running system (`clas conformance --run`).
"""
