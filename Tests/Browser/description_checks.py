"""Generated calls of every operation of the API: no error of ours, no status or body that the description does not know."""
import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path

import product
from api_checks import API, eventually

EXAMPLES = os.environ.get("API_EXAMPLES", "30")
ALL_METHODS = "GET POST PUT PATCH DELETE".split()
METHODS = os.environ.get("API_METHODS", " ".join(ALL_METHODS)).split()
# Left out, for what is let in by its path would be let in whatever its method is.
OTHERS = r"^/(?!api/)|/(bulk|stream|inbound/email)$"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth"


def test_every_operation_keeps_to_its_description(tmp_path):
    with product.running(sample=False) as address:
        api = API(address, product.command(product.data_of(address), "token", "create", "--name", "t").strip().splitlines()[-1])
        survey = api.survey()
        answer = api.answer(survey, 1, comment="late", customer={"external_id": "1"})
        case = eventually(lambda: api.call("GET", "/cases?stage=open")[1]["data"])[0]
        owners = {"surveys": survey["id"], "responses": answer["id"], "cases": case["id"],
                  "customers": api.call("POST", "/customers", {"external_id": "1"})[1]["id"]}
        # Half of the calls name what there is, so that they get past "not found".
        settings = tmp_path / "schemathesis.toml"
        settings.write_text("".join(
            f'[[operations]]\ninclude-path-regex = "^/api/v1/{noun}/\\\\{{id\\\\}}"\nparameters = {{ id = "{id}" }}\n' for noun, id in owners.items()))
        ran = subprocess.run(
            [product.ROOT / ".venv/bin/schemathesis", "--config-file", settings, "run", f"{address}/openapi.json", "--url", address,
             "--header", f"Authorization: Bearer {api.token}", "--exclude-path-regex", OTHERS,
             *(word for method in ALL_METHODS if method not in METHODS for word in ("--exclude-method", method)),
             "--checks", CHECKS, "-n", EXAMPLES, "--seed", "1", "--no-color", "--phases", "coverage,fuzzing",
             "--suppress-health-check", "all", "--generation-database", "none"],
            capture_output=True, text=True, cwd=tmp_path, timeout=3000)
        log = (Path(product.data_of(address)) / "server.log").read_text()
        assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
        described = json.loads(urllib.request.urlopen(f"{address}/openapi.json").read())["paths"]
        asked = sum(method.upper() in METHODS for path, calls in described.items() if not re.search(OTHERS, path) for method in calls)
        assert "Fuzzing" in ran.stdout and re.search(rf"Selected: {asked}/", ran.stdout), ran.stdout[:2000]
        assert '"level":"error"' not in log
        answered = sum(log.count(f'"method":"{method}"') for method in METHODS)
        print(f"figures: {asked} operations of {' '.join(METHODS)}, up to {EXAMPLES} calls each, {answered} answered")


def test_a_description_that_lies_is_found(tmp_path):
    """The same tool on a description that promises 204 for every list."""
    with product.running(sample=False) as address:
        description = json.loads(urllib.request.urlopen(f"{address}/openapi.json").read())
        description["paths"] = {"/api/v1/surveys": {"get": {**description["paths"]["/api/v1/surveys"]["get"], "responses": {"204": {"description": "lie"}}}}}
        (tmp_path / "lie.json").write_text(json.dumps(description))
        token = product.command(product.data_of(address), "token", "create", "--name", "t").strip().splitlines()[-1]
        ran = subprocess.run(
            [product.ROOT / ".venv/bin/schemathesis", "run", tmp_path / "lie.json", "--url", address, "--header", f"Authorization: Bearer {token}",
             "--checks", CHECKS, "-n", "5", "--seed", "1", "--no-color"], capture_output=True, text=True, cwd=tmp_path, timeout=300)
        assert ran.returncode == 1 and "ndocumented" in ran.stdout
