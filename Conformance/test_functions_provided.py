"""Functions that bring their own runtime: a `bootstrap` that speaks the Runtime API itself."""

import json

BOOTSTRAP = """#!/bin/sh
base="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true
do
    head=$(mktemp)
    event=$(curl -sS -D "$head" "$base/invocation/next")
    id=$(sed -n 's/^lambda-runtime-aws-request-id: *//Ip' "$head" | tr -d '\\r')
    rm -f "$head"
    RESULT
done
"""

ANSWER = r"""
    body="{\"event\":$event,\"id\":\"$id\",\"handler\":\"$_HANDLER\"}"
    curl -sS -X POST -o /dev/null --data-binary "$body" "$base/invocation/$id/response"
"""


def bootstrap(result):
    return {"bootstrap": BOOTSTRAP.replace("RESULT", result)}


def test_it_gets_events_and_its_answers_come_back(function):
    target = function(files=bootstrap(ANSWER), runtime="provided.al2023", handler="any.text")
    for number in range(2):
        answer = target.invoke({"number": number})
        assert answer.json() == {"event": {"number": number}, "id": answer.request_id, "handler": "any.text"}


def test_its_error_is_the_callers_payload(function):
    error = json.dumps({"errorType": "Function.Odd", "errorMessage": "it is odd"})
    report = f"curl -sS -X POST -o /dev/null -d '{error}' \"$base/invocation/$id/error\""
    answer = function(files=bootstrap(report), runtime="provided.al2023").invoke()
    assert (answer.error, answer.json()) == ("Unhandled", json.loads(error))


def test_an_answer_for_another_invocation_is_refused(function):
    stale = "00000000-0000-0000-0000-000000000000"
    result = f'code=$(curl -sS -o /dev/null -w "%{{http_code}}" -d 1 "$base/invocation/{stale}/response")\n'
    result += '    curl -sS -X POST -o /dev/null -d "$code" "$base/invocation/$id/response"'
    assert function(files=bootstrap(result), runtime="provided.al2023").invoke().json() == 400


def test_without_a_bootstrap_it_fails(function):
    answer = function(files={"readme.txt": "nothing here"}, runtime="provided.al2023").invoke()
    assert answer.error == "Unhandled"
    assert answer.json()["errorType"].startswith("Runtime.")


def test_a_bootstrap_that_exits_fails_with_its_status(function):
    answer = function(files={"bootstrap": "#!/bin/sh\nexit 7\n"}, runtime="provided.al2023").invoke()
    error = answer.json()
    assert (answer.error, error["errorType"]) == ("Unhandled", "Runtime.ExitError")
    assert error["errorMessage"].endswith(" Error: Runtime exited with error: exit status 7")


def test_its_execution_environment_has_no_name(function):
    result = 'curl -sS -X POST -o /dev/null -d "\\"$AWS_EXECUTION_ENV\\"" "$base/invocation/$id/response"'
    assert function(files=bootstrap(result), runtime="provided.al2023").invoke().json() == ""


def test_an_api_reaches_it(function, http_api):
    result = "curl -sS -X POST -o /dev/null -d '{\"statusCode\":202}' \"$base/invocation/$id/response\""
    api = http_api()
    api.route("$default", api.integrate_function(function(files=bootstrap(result), runtime="provided.al2023")))
    assert api.call().status == 202
