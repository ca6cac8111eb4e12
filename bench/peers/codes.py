"""The plain way: ask for codes with httpx, hold all of them, write a CSV."""

import csv
import json
import resource
import sys
import tempfile
import time

import httpx

COLUMNS = (
    *("single_use_url", "single_use_code", "widget_validation_code", "sequence_id"),
    "custom_validation_code",
)


def main(url: str, calls: str, amount: str) -> None:
    """Prints how long that took, how long of it the API took to answer, and the memory in MiB."""
    keys = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
    began, waited, rows = time.perf_counter(), 0.0, []
    with httpx.Client(base_url=url, headers=keys, timeout=600) as http:
        for number in range(int(calls)):
            asked = {
                "campaign": "cam_123456",
                "amount": int(amount),
                "automated_codes": True,
                "code_prefix": f"BARE{number:02}",
                "code_length": 10,
                "code_type": "numeric",
            }
            sent = time.perf_counter()
            answer = http.post("/v3/multiplesingleuse/create", json=asked).raise_for_status()
            waited += time.perf_counter() - sent
            rows += answer.json()["data"]
    with tempfile.TemporaryFile("w", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(COLUMNS)
        sheet.writerows([row[column] for column in COLUMNS] for row in rows)
    told = {
        "seconds": time.perf_counter() - began,
        "waited": waited,
        "rows": len(rows),
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
