"""The operator's commands on the tables of a small town, with moto for AWS."""

import io
import json
import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest

from infra.ops import chain, dead_letters, person, steps, watches
from infra.ops.__main__ import parser
from infra.ops.command import DRY_RUN
from infra.ops.place import NotThere, Place
from tests.flow.town import context, town
from tests.region_fixture import RAW, WEST

MONDAY = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


class TownPlace(Place):
    """The town as a deployment: its queues are the stack's, and invoking a function calls its handler."""

    handlers = None
    invoked = None
    variables = None

    def variable(self, name):
        return self.variables[name]

    def client(self, service):
        if service == "lambda":
            return SimpleNamespace(
                invoke=self._invoke,
                list_event_source_mappings=lambda **_: {"EventSourceMappings": self.mappings},
            )
        return boto3.client(service, region_name=self.aws_region)

    def _invoke(self, **asked):
        event = json.loads(asked["Payload"])
        self.invoked.append(event)
        try:
            answer = self.handlers[asked["FunctionName"]].handler(event, context())
        except ValueError as error:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(str(error).encode())}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def here(tmp_path):
    with town(tmp_path, start=MONDAY) as built:
        # Time goes on by itself: moto waits by the clock for messages that a queue does not have.
        built.clock.move_to(MONDAY, tick=True)
        yield built


@pytest.fixture
def place(here):
    names = (
        *("COMPLAINTS_TABLE", "AGENCIES_TABLE", "PEOPLE_TABLE", "DELIVERIES_TABLE"),
        *("PHOTOS_BUCKET", "STATE_MACHINE_ARN"),
    )
    built = TownPlace(
        stack="town",
        aws_region="eu-central-1",
        settings={name: os.environ[name] for name in names},
        compiled=json.dumps(RAW).encode(),
    )
    object.__setattr__(built, "handlers", here.handlers)
    object.__setattr__(built, "invoked", [])
    object.__setattr__(built, "mappings", [])
    return built


def run(place, *words):
    options = parser().parse_args(["--region", "local", *words])
    return options.run(place, options)


def said(capsys):
    """What was printed, without the metrics that the town's functions print."""
    lines = capsys.readouterr().out.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(('{"_aws"', '{"level"')))


def filed(here, category="rubbish", **more):
    body = {
        "category": category,
        "comment": "Көшеде қоқыс жатыр",
        "location": {"lat": WEST[0], "lon": WEST[1]},
    }
    answer = here.citizen("POST", "/v1/complaints", body | more)
    assert answer.status == 201, answer.body
    here.settle()
    return answer.body["id"]


def item(complaint_id, sk):
    key = {"pk": {"S": f"complaint#{complaint_id}"}, "sk": {"S": sk}}
    return boto3.client("dynamodb").get_item(TableName="complaints", Key=key)["Item"]


def put(complaint_item):
    boto3.client("dynamodb").put_item(TableName="complaints", Item=complaint_item)


def delete(complaint_id, sk):
    key = {"pk": {"S": f"complaint#{complaint_id}"}, "sk": {"S": sk}}
    boto3.client("dynamodb").delete_item(TableName="complaints", Key=key)


# ------------------------------------------------------------------------------------------------ the chain
def test_whole_histories_verify(here, place, capsys):
    filed(here), filed(here, "open_manhole")
    assert run(place, "chain", "verify", "--all") == 0
    assert said(capsys) == "2 histories verified, 0 broken\n"


def changed(complaint_id):
    event = item(complaint_id, "event#000002")
    put(event | {"at": {"S": "2026-01-01T00:00:00.000Z"}})


def removed(complaint_id):
    delete(complaint_id, "event#000001")


def cut_off(complaint_id):
    delete(complaint_id, "event#000002")


def swapped(complaint_id):
    first, second = item(complaint_id, "event#000001"), item(complaint_id, "event#000002")
    put(first | {"sk": second["sk"]})
    put(second | {"sk": first["sk"]})


def added(complaint_id):
    put(item(complaint_id, "event#000002") | {"sk": {"S": "event#000003"}, "seq": {"N": "3"}})


def orphaned(complaint_id):
    delete(complaint_id, "complaint")


@pytest.mark.parametrize("tamper", [changed, removed, cut_off, swapped, added, orphaned])
def test_a_history_that_was_tampered_with_is_found(here, place, capsys, tamper):
    sound, broken = filed(here), filed(here)
    tamper(broken)
    assert run(place, "chain", "verify", "--all") == 1
    out = said(capsys)
    assert "2 histories verified, 1 broken" in out
    assert broken in out
    assert sound not in out
    assert run(place, "chain", "verify", sound) == 0
    assert run(place, "chain", "verify", broken) == 1


def test_a_complaint_is_found_by_the_number_that_somebody_read_out(here, place, capsys):
    number = item(filed(here), "complaint")["number"]["S"]
    assert run(place, "chain", "verify", number.lower().replace("-", " ")) == 0
    assert chain.fault_of("0" * 26).reason == "there is no such complaint (any more)"


# ---------------------------------------------------------------------------------------------- the watches
def test_a_watch_that_was_ended_is_found_and_started_again_once(here, place, capsys):
    complaint_id = filed(here, "open_manhole")
    states = boto3.client("stepfunctions")
    assert run(place, "watches", "lost") == 0
    for execution in states.list_executions(stateMachineArn=place.settings["STATE_MACHINE_ARN"])[
        "executions"
    ]:
        states.stop_execution(executionArn=execution["executionArn"])
    assert run(place, "watches", "lost") == 1
    assert f"{complaint_id}  acknowledgement" in said(capsys)

    assert run(place, "watches", "restart") == 0
    assert DRY_RUN in said(capsys)
    assert [each.complaint.id for each in watches.lost(place)] == [complaint_id]

    assert run(place, "watches", "restart", "--apply") == 0
    assert list(watches.lost(place)) == []
    running = states.list_executions(
        stateMachineArn=place.settings["STATE_MACHINE_ARN"], statusFilter="RUNNING"
    )["executions"]
    assert len(running) == 1
    watched = json.loads(states.describe_execution(executionArn=running[0]["executionArn"])["input"])
    assert watched["complaint_id"] == complaint_id
    assert watched["watch_round"] == 1


def test_a_complaint_that_nobody_must_be_woken_for_has_lost_nothing(here, place):
    complaint_id = filed(here)
    here.agency(
        "POST", f"/v1/agency/complaints/{complaint_id}/answer", {"outcome": "resolved", "text": "Done now."}
    )
    here.settle()
    assert list(watches.lost(place)) == []


def test_what_is_overdue_is_acted_on_by_restarting(here, place, capsys):
    complaint_id = filed(here)
    here.clock.move_to(MONDAY + timedelta(days=40), tick=True)
    assert run(place, "watches", "restart") == 0
    assert "overdue: 1 to act on" in said(capsys)
    assert item(complaint_id, "complaint")["escalation_level"]["N"] == "0"
    assert run(place, "watches", "restart", "--apply") == 0
    assert item(complaint_id, "complaint")["escalation_level"]["N"] == "1"


# -------------------------------------------------------------------------------------------------- the keys
def test_a_key_is_made_rotated_and_revoked_and_nothing_without_apply(here, place, capsys):
    assert run(place, "keys", "make", "housing", "--name", "case system") == 0
    run(place, "keys", "list", "housing")
    assert "none" in said(capsys)

    assert run(place, "keys", "make", "housing", "--name", "case system", "--apply") == 0
    key_id, token = said(capsys).splitlines()[-2:]
    assert valid(token)
    run(place, "keys", "list", "housing")
    shown = said(capsys)
    assert key_id in shown
    assert token not in shown
    assert token.rpartition("_")[2] not in shown

    assert run(place, "keys", "rotate", "housing", key_id, "--overlap", "PT1H", "--apply") == 0
    new_id, new_token = said(capsys).splitlines()[-2:]
    assert valid(token)
    assert valid(new_token)
    here.clock.move_to(MONDAY + timedelta(hours=2), tick=True)
    assert not valid(token)

    run(place, "keys", "revoke", "housing", new_id)
    assert valid(new_token)
    run(place, "keys", "revoke", "housing", new_id, "--apply")
    assert not valid(new_token)


def test_keys_of_a_body_that_has_left_are_listed_and_revoked(place, capsys):
    from functions.complaints.clock import utc_now
    from functions.records.agencies.keys import create_key, key_of

    made = create_key("gone", scopes=("read",), name="case system", expires_at=None, now=utc_now())
    assert run(place, "keys", "list", "gone") == 0
    assert made.key_id in said(capsys)
    assert run(place, "keys", "revoke", "gone", made.key_id, "--apply") == 0
    assert not key_of("gone", made.key_id).is_valid(utc_now())


def test_no_key_is_made_for_a_body_that_the_region_has_not(place):
    with pytest.raises(Exception, match="no agency 'houssing'"):
        run(place, "keys", "make", "houssing", "--name", "x", "--apply")


def valid(token):
    from functions.complaints.clock import utc_now
    from functions.complaints.keys import read_token
    from functions.records.agencies.keys import caller_with

    return caller_with(read_token(token), now=utc_now()) is not None


# ---------------------------------------------------------------------------------------------- the partners
def files(token):
    from functions.complaints.clock import utc_now
    from functions.complaints.keys import read_token
    from functions.records.agencies.partners import partner_with

    return partner_with(read_token(token), now=utc_now()) is not None


def test_a_partners_key_is_made_and_revoked_and_nothing_without_apply(place, capsys):
    assert run(place, "partners", "create", "fixmystreet", "--name", "FixMyStreet") == 0
    run(place, "partners", "list")
    assert "none" in said(capsys)

    assert run(place, "partners", "create", "fixmystreet", "--name", "FixMyStreet", "--apply") == 0
    key_id, token = said(capsys).splitlines()[-2:]
    assert files(token)
    assert not valid(token)
    run(place, "partners", "list")
    shown = said(capsys)
    assert key_id in shown
    assert "FixMyStreet" in shown
    assert token.rpartition("_")[2] not in shown

    run(place, "partners", "revoke", key_id)
    assert files(token)
    run(place, "partners", "revoke", key_id, "--apply")
    assert not files(token)


def test_a_partners_subscriptions_are_seen_and_end_with_its_last_key(place, capsys):
    from functions.complaints.clock import utc_now
    from functions.records.agencies.subscriptions import new_subscription, subscriptions_of

    run(place, "partners", "create", "fixmystreet", "--name", "FixMyStreet", "--apply")
    first = said(capsys).splitlines()[-2]
    run(place, "partners", "create", "fixmystreet", "--name", "FixMyStreet", "--apply")
    second = said(capsys).splitlines()[-2]
    mine = new_subscription(
        "partner:fixmystreet",
        url="https://reports.example.org/hook",
        types=("complaint.*",),
        secret="whsec_x",
        active=True,
        now=utc_now(),
    )
    run(place, "subscriptions", "list")
    shown = said(capsys)
    assert mine.id in shown
    assert "partner:fixmystreet" in shown
    run(place, "partners", "revoke", first, "--apply")
    assert [each.id for each in subscriptions_of("partner:fixmystreet")] == [mine.id]
    run(place, "partners", "revoke", second)
    assert mine.id in said(capsys)
    assert [each.id for each in subscriptions_of("partner:fixmystreet")] == [mine.id]
    run(place, "partners", "revoke", second, "--apply")
    assert subscriptions_of("partner:fixmystreet") == ()


def test_no_partner_has_an_id_that_its_subjects_could_not_be_told_by(place):
    with pytest.raises(ValueError, match="partner's id"):
        run(place, "partners", "create", "Fix:My", "--name", "x")


# --------------------------------------------------------------------------------------------- dead letters
def queue_pair():
    sqs = boto3.client("sqs")
    dead = sqs.create_queue(QueueName="DeadLetters", Attributes={"MessageRetentionPeriod": str(14 * 86400)})[
        "QueueUrl"
    ]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    source = sqs.create_queue(
        QueueName="work",
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})},
    )["QueueUrl"]
    return sqs, dead, arn, source


def of_queues(place, *urls):
    place.__dict__["resources"] = tuple(
        {"LogicalResourceId": url, "PhysicalResourceId": url, "ResourceType": "AWS::SQS::Queue"}
        for url in urls
    )


def test_what_a_queue_gave_up_goes_back_to_it_once(place, capsys):
    sqs, dead, _, source = queue_pair()
    of_queues(place, dead, source)
    for number in range(12):
        sqs.send_message(QueueUrl=dead, MessageBody=f"nudge {number}")
    assert [(each.origin, each.waiting) for each in dead_letters.queues(place)] == [("queue", 12)]

    assert run(place, "dead-letters", "redrive") == 0
    assert DRY_RUN in said(capsys)
    assert waiting(sqs, source) == 0
    assert run(place, "dead-letters", "redrive", "DeadLetters", "--apply") == 0
    assert "12 handled, 0 failed" in said(capsys)
    assert (waiting(sqs, dead), waiting(sqs, source)) == (0, 12)


def test_looking_at_dead_letters_leaves_them_there(place, capsys):
    sqs, dead, _, source = queue_pair()
    of_queues(place, dead, source)
    sqs.send_message(QueueUrl=dead, MessageBody="nudge")
    run(place, "dead-letters", "show", "Dead")
    assert "nudge" in said(capsys)
    assert waiting(sqs, dead) == 1


def stream_letter(place, dead, arn, *, at):
    """As an event source mapping writes it: it names times and no records."""
    object.__setattr__(
        place,
        "mappings",
        [{"FunctionArn": "outbox", "DestinationConfig": {"OnFailure": {"Destination": arn}}}],
    )
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    batch = {
        "approximateArrivalOfFirstRecord": stamp,
        "approximateArrivalOfLastRecord": stamp,
        "batchSize": 1,
    }
    boto3.client("sqs").send_message(QueueUrl=dead, MessageBody=json.dumps({"DDBStreamBatchInfo": batch}))
    place.__dict__["resources"] = (
        {"LogicalResourceId": "q", "PhysicalResourceId": dead, "ResourceType": "AWS::SQS::Queue"},
        {"LogicalResourceId": "f", "PhysicalResourceId": "outbox", "ResourceType": "AWS::Lambda::Function"},
    )


def test_events_that_the_stream_gave_up_are_told_from_the_table(here, place, capsys):
    _, dead, arn, _ = queue_pair()
    yesterday = filed(here)
    here.clock.move_to(MONDAY + timedelta(days=3), tick=True)
    # Told to nobody: the outbox was broken that minute.
    outbox, here.handlers["outbox"] = here.handlers["outbox"], Deaf()
    lost = filed(here)
    here.handlers["outbox"] = outbox
    assert inbox(here, lost) == []
    stream_letter(place, dead, arn, at=MONDAY + timedelta(days=3))
    # Weeks later: the stream itself forgets after a day.
    here.clock.move_to(MONDAY + timedelta(days=13), tick=True)
    assert run(place, "dead-letters", "redrive", "--apply") == 0
    assert "1 handled, 0 failed" in said(capsys)
    assert "complaint.assigned" in inbox(here, lost)
    handed = [record["dynamodb"]["NewImage"] for each in place.invoked for record in each["Records"]]
    assert {each["id"]["S"] for each in handed} == {lost}
    assert [each["last_event"]["M"]["seq"]["N"] for each in handed] == ["1", "2"]
    assert yesterday != lost


def test_what_fails_again_stays(here, place, capsys):
    sqs, dead, arn, _ = queue_pair()
    filed(here)
    stream_letter(place, dead, arn, at=MONDAY)
    here.handlers["outbox"] = Deaf()
    assert run(place, "dead-letters", "redrive", "--apply") == 1
    assert "0 handled, 1 failed" in said(capsys)
    attributes = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])["Attributes"]
    assert attributes["ApproximateNumberOfMessagesNotVisible"] == "1"


class Deaf:
    def handler(self, event, _):
        if event.get("Records", [{}])[0].get("eventSource"):
            return {"batchItemFailures": [{"itemIdentifier": "0"}]}
        return {"batchItemFailures": []}


def waiting(sqs, url):
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"])


def inbox(here, complaint_id):
    from functions.records.people.inbox import InboxItem
    from functions.records.people.table import person_pk

    told = InboxItem.query(person_pk("aigerim"), InboxItem.sk.startswith("told#"))
    return [each.type for each in told if each.complaint_id == complaint_id]


# ---------------------------------------------------------------------------------------------------- people
def test_what_the_operator_hides_no_body_shows_again(here, place, capsys):
    complaint_id, why = filed(here), "It shows who lives there."
    here.settle()
    work = f"/v1/agency/complaints/{complaint_id}"
    number = here.agency("GET", work).body["number"]
    assert run(place, "public", "hide", number, "--reason", why) == 0
    assert "would be hidden from the public" in said(capsys)
    assert here.agency("GET", work).body["hidden"] is None
    assert run(place, "public", "hide", number, "--reason", why, "--apply") == 0
    shown = here.agency("GET", work).body
    assert (shown["hidden"]["by"], shown["hidden"]["reason"], shown["public"]) == ("system", why, False)
    assert "unhide" not in shown["possible"]
    refused = here.agency("POST", f"{work}/unhide", {"reason": why})
    assert (refused.status, refused.body["key"]) == (409, "hidden_by_operator")
    assert run(place, "public", "hide", number, "--reason", why, "--apply") == 0
    assert "is hidden already" in said(capsys)
    assert run(place, "public", "unhide", number, "--reason", why, "--apply") == 0
    shown = here.agency("GET", work).body
    assert (shown["hidden"], shown["public"]) == (None, True)


def test_a_persons_copy_has_their_own_things_and_nobody_elses(here, place, capsys):
    mine, others = filed(here), None
    body = {"category": "rubbish", "comment": "Somebody else's", "location": {"lat": WEST[0], "lon": WEST[1]}}
    others = here.citizen("POST", "/v1/complaints", body, who="daulet").body["id"]
    here.settle()
    assert run(place, "person", "export", "aigerim") == 0
    copy = json.loads(said(capsys))
    assert [each["complaint"]["id"] for each in copy["complaints"]] == [mine]
    assert [each["type"] for each in copy["complaints"][0]["events"]][:2] == [
        "complaint.submitted",
        "complaint.assigned",
    ]
    assert copy["complaints"][0]["complaint"]["comment"] == "Көшеде қоқыс жатыр"
    assert len(copy["notifications"]) >= 1
    assert others not in json.dumps(copy)


def test_an_erased_person_is_gone_and_their_complaints_history_verifies(here, place, capsys):
    complaint_id = filed(here, public_name="Aigerim")
    assert run(place, "person", "erase", "aigerim") == 0
    assert "1 complaints" in said(capsys)
    assert person.export("aigerim")["complaints"] != []

    assert run(place, "person", "erase", "aigerim", "--apply") == 0
    kept = person.export("aigerim")
    assert (kept["complaints"], kept["notifications"], kept["phones"]) == ([], [], [])
    assert "aigerim" not in json.dumps(item(complaint_id, "complaint")).lower()
    assert chain.fault_of(complaint_id) is None


# ------------------------------------------------------------------------------------------------- deadlines
def test_open_deadlines_follow_a_changed_calendar_once_it_is_asked_for(here, place, capsys):
    complaint_id = filed(here)
    due = item(complaint_id, "complaint")["due_at"]["S"]
    raw = json.loads(place.compiled)
    raw["calendar"]["holidays"]["2026-06-10"] = {
        "name": {"kk": "Демалыс", "ru": "Выходной", "en": "A day off"}
    }
    object.__setattr__(place, "compiled", json.dumps(raw).encode())
    assert run(place, "deadlines", "recompute") == 0
    shown = said(capsys)
    assert due in shown
    assert item(complaint_id, "complaint")["due_at"]["S"] == due
    assert run(place, "deadlines", "recompute", "--apply") == 0
    moved = item(complaint_id, "complaint")["due_at"]["S"]
    assert moved > due
    assert moved in said(capsys)
    assert chain.fault_of(complaint_id) is None
    raw["calendar"]["years"] = [2025]
    object.__setattr__(place, "compiled", json.dumps(raw).encode())
    place.__dict__.pop("region", None)
    assert run(place, "deadlines", "recompute") == 1
    assert "CalendarYearMissing" in said(capsys)


# ----------------------------------------------------------------------------------------------------- trace
def test_a_trace_has_events_executions_and_log_lines_in_the_order_of_time(here, place, capsys):
    complaint_id = filed(here, "open_manhole")
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName="group")
    logs.create_log_stream(logGroupName="group", logStreamName="stream")
    at = int((MONDAY + timedelta(minutes=1)).timestamp() * 1000)
    lines = [
        {
            "level": "ERROR",
            "message": "watch not stopped",
            "complaint_id": complaint_id,
            "correlation_id": "c",
        },
        {"level": "ERROR", "message": "of another", "complaint_id": "0" * 26},
    ]
    events = [{"timestamp": at, "message": json.dumps(line)} for line in lines]
    logs.put_log_events(logGroupName="group", logStreamName="stream", logEvents=events)
    place.__dict__["resources"] = (
        {"LogicalResourceId": "g", "PhysicalResourceId": "group", "ResourceType": "AWS::Logs::LogGroup"},
    )
    assert run(place, "trace", complaint_id, "--json") == 0
    lines = [json.loads(line) for line in said(capsys).splitlines()]
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    told = [line["what"] for line in lines]
    assert any(what.startswith("1 complaint.submitted by citizen") for what in told)
    assert any(what.startswith("2 complaint.assigned by system: assigned, housing") for what in told)
    assert "ERROR watch not stopped" in told
    assert "ERROR of another" not in told
    assert any(line["source"].startswith("watch 1") for line in lines)
    assert run(place, "trace", complaint_id, "--raw") == 0
    raw = said(capsys).splitlines()
    assert len(raw) == len(lines)
    assert all(
        each.startswith(line["at"]) and line["what"] in each for each, line in zip(raw, lines, strict=True)
    )


def test_a_trace_has_what_the_reporter_was_told_and_what_each_phone_shows(here, place, capsys):
    place.__dict__["resources"] = ()
    for name, language in (("phone", "kk"), ("tablet", "ru")):
        device = {"platform": "fcm", "token": name, "language": language}
        here.citizen("PUT", f"/v1/devices/{name}", device)
    complaint_id = filed(here)
    number = here.citizen("GET", f"/v1/complaints/{complaint_id}").body["number"]
    filed(here, "open_manhole")
    said(capsys)
    assert run(place, "trace", number, "--json") == 0
    lines = [json.loads(line) for line in said(capsys).splitlines()]
    assert [line["what"] for line in lines if line["source"] == "inbox"] == ["2 complaint.assigned"]
    pushed = sorted(line["what"] for line in lines if line["source"] == "push fcm")
    assert len(pushed) == 2
    assert pushed[0].startswith(
        f"2 “Жауапты орган анықталды · {number}”: Rubbish (kk). Өтінішті қарайтын орган: Housing (kk)."
    )
    assert pushed[1].startswith(f"2 “Ответственный определён · {number}”: Rubbish (ru). ")


def test_a_trace_reads_like_a_story(here, place, capsys):
    place.__dict__["resources"] = ()
    here.citizen("PUT", "/v1/devices/phone", {"platform": "fcm", "token": "phone", "language": "ru"})
    complaint_id = filed(here, "open_manhole")
    number = here.citizen("GET", f"/v1/complaints/{complaint_id}").body["number"]
    here.clock.move_to(MONDAY + timedelta(minutes=2, seconds=13), tick=True)
    words = {"text": "Which gate of the school?"}
    assert here.agency("POST", f"/v1/agency/complaints/{complaint_id}/ask", words).status == 200
    here.settle()
    here.clock.move_to(MONDAY + timedelta(days=3, hours=4), tick=True)
    here.citizen("POST", f"/v1/complaints/{complaint_id}/withdraw", {})
    said(capsys)
    assert run(place, "trace", number) == 0
    story = said(capsys)
    assert story.startswith(f"{number}: Open Manhole, Testville.")
    assert "It is withdrawn." in story
    lines = story.splitlines()
    # By the region's clock, five hours ahead, a heading for each day.
    # Whatever the clock says, moto starts an execution in 2020.
    assert [line for line in lines if "(Asia/Almaty)" in line and "2020" not in line] == [
        "Monday 1 June 2026 (Asia/Almaty)",
        "Thursday 4 June 2026 (Asia/Almaty)",
    ]
    who = {
        part: next(line for line in lines if part in line) for part in ("Received", "Question", "Withdrawn")
    }
    assert "09:00:0" in who["Received"]
    assert " citizen " in who["Received"]
    assert "09:02:13" in who["Question"]
    assert "+ 2 min 1" in who["Question"]
    assert " housing " in who["Question"]
    assert "+ 3 days 4 h" in who["Withdrawn"] or "+ 3 days 3 h" in who["Withdrawn"]
    pushes = [line for line in lines if "push fcm" in line]
    assert len(pushes) == 2
    assert "Ответственный определён" in pushes[0]
    assert any("begins to wait for the deadlines" in line for line in lines)
    # What people wrote is theirs, and no machine words are between.
    assert "Which gate" not in story
    assert "complaint." not in story


def test_a_trace_says_what_was_not_pushed(here, place, capsys):
    place.__dict__["resources"] = ()
    complaint_id = filed(here)
    said(capsys)
    assert run(place, "trace", complaint_id) == 0
    assert "complaint.assigned, and no push" in said(capsys)


def test_a_trace_has_the_watches_that_an_operator_started(here, place, capsys):
    complaint_id = filed(here, "open_manhole")
    states = boto3.client("stepfunctions")
    machine = place.settings["STATE_MACHINE_ARN"]
    for _ in range(2):
        for execution in states.list_executions(stateMachineArn=machine)["executions"]:
            states.stop_execution(executionArn=execution["executionArn"])
        run(place, "watches", "restart", "--apply")
    place.__dict__["resources"] = ()
    said(capsys)
    assert run(place, "trace", complaint_id, "--json") == 0
    sources = {json.loads(line)["source"] for line in said(capsys).splitlines()}
    assert {each for each in sources if each.startswith("watch")} == {"watch 1-0", "watch 1-r1", "watch 1-r2"}


HANDED_ON = {
    "first": [
        {"type": "ExecutionStarted"},
        {"type": "TaskSucceeded", "taskSucceededEventDetails": {"resource": "getItem", "output": "{}"}},
        {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "ContinueAsNew"}},
        {
            "type": "TaskSucceeded",
            "taskSucceededEventDetails": {
                "resource": "startExecution",
                "output": json.dumps({"ExecutionArn": "second", "StartDate": "2026-06-01"}),
            },
        },
        {"type": "ExecutionSucceeded"},
    ],
    "second": [{"type": "ExecutionStarted"}],
}


class LongWatched:
    """Step Functions where the first execution went on in another, which moto's machines never do."""

    exceptions = SimpleNamespace(ExecutionDoesNotExist=LookupError)

    def get_paginator(self, name):
        assert name == "get_execution_history"
        return self

    def paginate(self, **asked):
        return [{"events": [each | {"timestamp": MONDAY} for each in HANDED_ON[asked["executionArn"]]]}]


def test_a_trace_follows_a_watch_into_the_execution_that_it_went_on_in():
    watched = steps._watched(LongWatched(), "first", label="1-0")
    assert [(step.source, step.what) for step in watched] == [
        ("watch 1-0", "ExecutionStarted"),
        ("watch 1-0", "ContinueAsNew"),
        ("watch 1-0", "ExecutionSucceeded"),
        ("watch 1-0 part 2", "ExecutionStarted"),
    ]


def test_a_limit_is_agreed_with_an_agency_and_taken_back(here, place, capsys):
    from functions.records.agencies.agreements import AgencyItem

    def agreed():
        return AgencyItem.get("agency#housing", AgencyItem.SK).requests_per_minute

    assert run(place, "keys", "agree", "housing", "600") == 0
    assert "600 requests a minute" in said(capsys)
    with pytest.raises(AgencyItem.DoesNotExist):
        agreed()
    run(place, "keys", "agree", "housing", "600", "--apply")
    assert agreed() == 600
    run(place, "keys", "agree", "housing", "0", "--apply")
    assert agreed() is None


def test_deliveries_of_a_time_are_asked_for_again(here, place, capsys):
    from functions.notify.webhooks.tables import DeliveryItem, TimerItem

    hook = subscribed("cases")
    complaint_id = filed(here)
    object.__setattr__(place, "variables", {"DELIVERIES_QUEUE_URL": here.queue_url})
    wanted = ("housing", hook.id, "--from", "2026-06-01T00:00:00Z", "--to", "2026-06-02T00:00:00Z")
    assert run(place, "subscriptions", "replay", *wanted) == 0
    shown = said(capsys)
    assert "send 1 deliveries" in shown
    assert hook.url in shown
    assert list(TimerItem.query(f"subscription#{hook.id}", TimerItem.sk.startswith("job#"))) == []

    assert run(place, "subscriptions", "replay", *wanted, "--apply") == 0
    begun = next(line for line in said(capsys).splitlines() if line.startswith("begun as"))
    (job,) = TimerItem.query(f"subscription#{hook.id}", TimerItem.sk.startswith("job#"))
    assert begun == f"begun as {job.sk}"
    here.settle()
    (delivery,) = DeliveryItem.query(f"lane#{hook.id}#{complaint_id}", DeliveryItem.sk.startswith("event#"))
    assert delivery.replayed_at is not None


# --------------------------------------------------------------------------------------------------- restoring
def copy_of(table):
    """As point-in-time recovery makes it of this moment."""
    boto3.client("dynamodb").restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=f"{table}-restored", UseLatestRestorableTime=True
    )
    return f"{table}-restored"


def items_of(table):
    scanned = boto3.client("dynamodb").scan(TableName=table)["Items"]
    return {(each["pk"]["S"], each["sk"]["S"]): each for each in scanned}


def untold(items, complaint_id):
    """The same, where the complaint was put back: the stream brings nothing of it, and nobody is told anew."""
    del items[f"complaint#{complaint_id}", "complaint"]["last_event"]
    return items


def lose(table, items):
    for pk, sk in items:
        boto3.client("dynamodb").delete_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})


def escalated(here):
    complaint_id = filed(here, "open_manhole")
    here.move_clock(timedelta(hours=5))
    assert (f"complaint#{complaint_id}", "supervisor#akimat") in items_of("complaints")
    return complaint_id


def test_a_complaint_that_was_closed_meanwhile_is_on_no_supervisors_list_again(here, place, capsys):
    closed, lost = escalated(here), escalated(here)
    restored = copy_of("complaints")
    assert here.citizen("POST", f"/v1/complaints/{closed}/withdraw").status == 200
    here.settle()
    before = items_of("complaints")
    lose("complaints", [key for key in before if key[0] == f"complaint#{lost}"])

    assert run(place, "restore", "complaints", restored) == 0
    assert f"{sum(key[0] == f'complaint#{lost}' for key in before)} items of" in said(capsys)
    assert run(place, "restore", "complaints", restored, "--apply") == 0
    assert items_of("complaints") == untold(before, lost)
    said(capsys)
    assert run(place, "restore", "complaints", restored, "--apply") == 0
    assert said(capsys).startswith("0 items of")


def test_an_entry_of_a_supervisors_list_is_put_back_as_the_complaint_is_now(here, place):
    complaint_id = escalated(here)
    restored = copy_of("complaints")
    path = f"/v1/complaints/{complaint_id}/join"
    assert here.citizen("POST", path, who="daulet").status == 200
    here.settle()
    before = items_of("complaints")
    lose("complaints", [(f"complaint#{complaint_id}", "supervisor#akimat")])
    run(place, "restore", "complaints", restored, "--apply")
    assert items_of("complaints") == before


def test_what_was_set_aside_then_is_not_tried_anew(here, place, capsys):
    from functions.records.people.profiles import change_profile

    change_profile("aigerim", set_={"quiet": {"from": "never"}})
    filed(here)
    restored = copy_of("complaints")
    change_profile("aigerim", set_={"quiet": {}})
    here.clock.shift(timedelta(minutes=2))
    here.on_schedule()
    assert run(place, "set-aside", "list") == 0
    run(place, "restore", "complaints", restored, "--apply")
    assert run(place, "set-aside", "list") == 0


def test_who_was_erased_is_not_brought_back(here, place):
    mine, joined = filed(here, public_name="Aigerim"), filed(here, "open_manhole")
    body = {"category": "rubbish", "comment": "Somebody else's", "location": {"lat": WEST[0], "lon": WEST[1]}}
    others = here.citizen("POST", "/v1/complaints", body, who="daulet").body["id"]
    here.settle()
    assert here.citizen("POST", f"/v1/complaints/{others}/join").status == 200
    here.settle()
    restored = [copy_of("complaints"), copy_of("people")]
    assert "aigerim" in str(items_of(restored[0])[(f"complaint#{others}", "follower#aigerim")])
    here.clock.move_to(MONDAY + timedelta(hours=1), tick=True)
    run(place, "person", "erase", "aigerim", "--apply")
    lose("complaints", [key for key in items_of("complaints") if key[0] == f"complaint#{mine}"])

    # The last day on which a table can be restored as it was.
    here.clock.move_to(MONDAY + timedelta(days=35), tick=True)
    for table, source in zip(("complaints", "people"), restored, strict=True):
        run(place, "restore", table, source, "--apply")
    assert (f"complaint#{mine}", "complaint") in items_of("complaints")
    assert chain.fault_of(mine) is None
    assert "aigerim" not in str(items_of("complaints")).lower()
    assert joined in str(items_of("complaints"))
    left = [key for key in items_of("people") if "aigerim" in key[0]]
    # Besides the note that they were erased, the day's counts, which the table deletes by their time to live.
    assert [key for key in left if not key[1].startswith("count#")] == [("person#aigerim", "profile")]


def test_what_a_person_did_after_they_came_back_is_put_back_as_theirs(here, place):
    run(place, "person", "erase", "aigerim", "--apply")
    here.clock.move_to(MONDAY + timedelta(hours=1), tick=True)
    mine = filed(here)
    restored, before = copy_of("complaints"), items_of("complaints")
    lose("complaints", [key for key in before if key[0] == f"complaint#{mine}"])
    run(place, "restore", "complaints", restored, "--apply")
    assert items_of("complaints") == untold(before, mine)


def test_an_agencys_items_are_named_and_put_back_one_by_one(here, place, capsys):
    from functions.records.agencies.subscriptions import subscription_of

    run(place, "keys", "make", "housing", "--name", "case system", "--apply")
    kept, gone = subscribed("kept"), subscribed("gone")
    restored, before = copy_of("agencies"), items_of("agencies")
    subscription_of("housing", gone.id).delete()
    lose("agencies", [("agency#housing", f"subscription#{kept.id}")])
    with pytest.raises(ValueError, match="one partition at a time"):
        run(place, "restore", "agencies", restored, "--apply")
    run(place, "restore", "agencies", restored, "--pk", "agency#housing")
    shown = said(capsys)
    assert kept.id in shown
    assert gone.id in shown
    wanted = ("--pk", "agency#housing", "--sk", f"subscription#{kept.id}")
    run(place, "restore", "agencies", restored, *wanted, "--apply")
    del before[("agency#housing", f"subscription#{gone.id}")]
    assert items_of("agencies") == before


def test_deliveries_are_not_restored_for_what_was_sent_would_be_sent_again(place):
    with pytest.raises(SystemExit):
        run(place, "restore", "deliveries", "deliveries-restored")


def subscribed(name):
    from functions.complaints.clock import utc_now
    from functions.notify.webhooks.signature import new_secret
    from functions.records.agencies.subscriptions import new_subscription

    return new_subscription(
        "housing",
        url=f"http://127.0.0.1:8080/{name}",
        types=("complaint.*",),
        secret=new_secret(),
        active=True,
        now=utc_now(),
    )


def test_who_cannot_be_told_is_listed_retried_and_given_up(here, place, capsys):
    from functions.records.people.profiles import change_profile

    change_profile("aigerim", set_={"quiet": {"from": "never"}})
    complaint_id = filed(here)
    number = here.citizen("GET", f"/v1/complaints/{complaint_id}").body["number"]
    assert run(place, "set-aside", "list") == 1
    (line,) = [line for line in said(capsys).splitlines() if line.startswith("outbox")]
    assert complaint_id in line
    assert "person#aigerim from 2" in line
    assert run(place, "set-aside", "retry", number) == 0
    assert DRY_RUN in said(capsys)
    here.on_schedule()
    change_profile("aigerim", set_={"quiet": {}})
    assert run(place, "set-aside", "retry", number, "--apply") == 0
    here.on_schedule()
    assert run(place, "set-aside", "list") == 0
    assert len(here.citizen("GET", "/v1/notifications").body["items"]) == 1
    change_profile("aigerim", set_={"quiet": {"from": "never"}})
    here.agency("POST", f"/v1/agency/complaints/{complaint_id}/acknowledge")
    here.settle()
    assert run(place, "set-aside", "give-up", complaint_id, "--apply") == 0
    assert "person#aigerim from 3" in said(capsys)
    change_profile("aigerim", set_={"quiet": {}})
    here.on_schedule()
    assert len(here.citizen("GET", "/v1/notifications").body["items"]) == 1
    with pytest.raises(NotThere):
        run(place, "set-aside", "retry", complaint_id)
