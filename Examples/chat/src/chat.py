"""A chat in rooms: one function behind all routes of a WebSocket API, and a table of who is connected."""

import json
import os
import re
import time

import boto3
from boto3.dynamodb.conditions import Key
from broadcast import broadcast, post

# Made once per execution environment: the next calls find it ready.
connections = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])

# Seconds after which API Gateway ends a connection. It may tell no $disconnect of it: the table forgets by itself.
LONGEST_CONNECTION = 2 * 60 * 60
LONGEST_TEXT = 2_000
NAME = r"[\w .-]{1,40}"
ROOM = r"[a-z0-9-]{1,40}"


def lambda_handler(event, context):
    request = event["requestContext"]
    routes = {"$connect": connect, "$disconnect": disconnect, "sendmessage": send_message, "who": who}
    url = f"https://{request['domainName']}/{request['stage']}"
    return routes.get(request["routeKey"], explain)(event, url, request["connectionId"])


def connect(event, url, identifier):
    """Nobody can be sent anything before this has answered: whoever comes does not hear of it, the others do."""
    query = event.get("queryStringParameters") or {}
    name, room = query.get("name", ""), query.get("room", "")
    if not re.fullmatch(NAME, name) or not re.fullmatch(ROOM, room):
        return {"statusCode": 400}
    broadcast(url, room, {"came": name}, ids_in(room))
    expires = int(time.time()) + LONGEST_CONNECTION
    connections.put_item(Item={"id": identifier, "name": name, "room": room, "expires": expires})
    return {"statusCode": 200, "headers": {"x-gatehouse-groups": room}}


def disconnect(event, url, identifier):
    person = connections.delete_item(Key={"id": identifier}, ReturnValues="ALL_OLD").get("Attributes")
    if person:
        broadcast(url, person["room"], {"left": person["name"]}, ids_in(person["room"]))
    return {"statusCode": 200}


def send_message(event, url, identifier):
    text = json.loads(event["body"]).get("text")
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TEXT:
        return explain(event, url, identifier)
    person = connections.get_item(Key={"id": identifier})["Item"]
    broadcast(url, person["room"], {"from": person["name"], "text": text}, ids_in(person["room"]))
    return {"statusCode": 200}


def who(event, url, identifier):
    room = connections.get_item(Key={"id": identifier})["Item"]["room"]
    post(url, identifier, {"here": sorted(person["name"] for person in people_in(room))})
    return {"statusCode": 200}


def explain(event, url, identifier):
    """For $default, and for what a route cannot use."""
    known = {"action": "sendmessage", "text": f"1 to {LONGEST_TEXT} characters"}, {"action": "who"}
    post(url, identifier, {"error": "I know two messages.", "known": known})
    return {"statusCode": 200}


def people_in(room):
    """Page by page: a query answers at most 1 MB."""
    page = {}
    while True:
        answer = connections.query(IndexName="rooms", KeyConditionExpression=Key("room").eq(room), **page)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def ids_in(room):
    return (person["id"] for person in people_in(room))
