"""What random lives must meet: answers, refusals by rule, findings, remarks and entries."""

from tests.oracle.referentiel import OBJECTIVES

OF_RIGHTS = {
    *(
        f"entry {kind}"
        for kind in (
            "advance",
            "advance_reversal",
            "accrual",
            "accrual_release",
            "commitment",
            "commitment_reversal",
            "balance",
            "cancellation",
            "adjustment",
        )
    ),
    *("ClosingCompleted", "ClosingRefused", "FundingGranted", "AdvanceGranted"),
    *("AdvanceReversed", "BalanceSettled", "AdjustmentDecided", "FundingCancelled"),
    *(f"FundingDeferred {rule}" for rule in ("PRX-07", "ENV-03")),
    *(f"FundingRefused {rule}" for rule in ("CAL-05", "COM-04", "COM-05", "PLU-03")),
    *(f"FundingGranted {rule}" for rule in ("CAL-05", "COF-03")),
    *(f"FundingForecast {rule}" for rule in ("COF-03", "COF-05", "ENV-03")),
    "FundingForecast",
    *(
        f"AdvanceRefused {rule}"
        for rule in (
            *("COM-05", "TEC-01", "CNV-01", "ACO-01", "CAL-05"),
            *("ACO-02", "ACO-03", "ACO-04", "SOL-02"),
        )
    ),
    *(
        f"BalanceRefused {rule}"
        for rule in ("COM-05", "TEC-01", "CNV-01", "SOL-01", "SOL-03", "COM-04")
    ),
    *(
        f"AdjustmentRefused {rule}"
        for rule in ("COM-05", "SOL-02", "SOL-03", "TEC-01", "COM-04", "CTL-04", "CTL-02")
    ),
    *(f"CancellationRefused {rule}" for rule in ("AGR-03", "COM-05", "SOL-02")),
    *(f"AdvanceReversalRefused {rule}" for rule in ("ACO-05", "ACO-06", "COM-05", "SOL-02")),
}

OF_DOSSIERS = {
    *("CampaignRegistered", "InterimReportRegistered", "DossierReceived", "EligibilityAssessed"),
    *("AgrementRegistered", "AgrementGranted", "AgrementRefused", "AgrementAmended"),
    *("CommitteeAdjourned", "DossierWithdrawn", "AmendmentRejected COM-05"),
    *(f"DossierHeld {cause}" for cause in ("campaign", "interim_report")),
    *(f"DossierRejected REC-{rule}" for rule in ("02", "04", "07", "08", "11")),
    *(f"DossierRejected TEC-{rule}" for rule in ("01", "02")),
    *(f"ComplementsRequested REC-{rule}" for rule in ("14", "15", "16", "17", "19")),
    *(f"ComplementsRequested {rule}" for rule in ("ELI-22", "ELI-27")),
    *(f"RequestRefused {rule}" for rule in ("COM-09", "COM-10", "RET-04", "TEC-01")),
    *(f"WithdrawalRefused {rule}" for rule in ("RET-01", "RET-02", "RET-03")),
    *(
        f"CommitteeDecisionRejected {rule}"
        for rule in (
            *("BON-01", "BON-06", "CAL-05", "COM-01", "COM-04", "COM-07", "COM-09", "COM-10"),
            *("DER-06", "PLU", "RET-04", "TEC-03"),
        )
    ),
    *(f"AgrementGranted {rule}" for rule in ("AXE-15", "CAL-05", "COM-08", "COM-09", "DER-04")),
    *(
        f"EligibilityAssessed {rule} breach"
        for rule in (
            *("COF-01", "ELI-05", "ELI-06", "ELI-07", "ELI-08", "ELI-09", "ELI-11", "ELI-12"),
            *("ELI-13", "ELI-14", "ELI-15", "ELI-18", "ELI-22", "ELI-23", "ELI-23L", "ELI-26"),
            *("ELI-27", "ELI-28", "ELI-31", "ENC-01", "ENC-03", "ENC-04", "VER-01"),
        )
    ),
    *(f"EligibilityAssessed {rule} breach" for rule in OBJECTIVES),
    *(
        f"EligibilityAssessed {rule} derogation"
        for rule in ("ELI-23", "ELI-27", "ENC-01", "ENC-04")
    ),
    *(
        f"EligibilityAssessed {rule} review"
        for rule in (
            *("BON-06", "BON-18", "CAL-03", "COF-05", "COM-14", "ELI-12b", "ELI-17", "ELI-30"),
            *("ELI-36", "ELI-40", "PLU-01", "PLU-02", "PLU-04", "PRX-08", "REC-11"),
        )
    ),
}
