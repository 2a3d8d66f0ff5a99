"""One message to everybody in a group, with the same code on Gatehouse and on AWS."""

import functools
import json
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.exceptions import ClientError

has_groups = {}  # by URL: what the first call was answered


@functools.cache
def client(url):
    return boto3.client("apigatewaymanagementapi", endpoint_url=url)


def post(url, identifier, message):
    """Who has gone misses it. His row goes with $disconnect, or when it expires: he may as well be just coming."""
    try:
        client(url).post_to_connection(ConnectionId=identifier, Data=json.dumps(message))
    except client(url).exceptions.GoneException:
        pass


def broadcast(url, group, message, identifiers):
    """Gatehouse sends it with one call, AWS with one for each of `identifiers`, which are asked for on AWS alone.

    `groups/GROUP` is a group on Gatehouse, and no connection's id on AWS, which refuses it."""
    if has_groups.get(url, True):
        try:
            client(url).post_to_connection(ConnectionId=f"groups/{group}", Data=json.dumps(message))
            has_groups[url] = True
            return
        except ClientError as error:
            if url in has_groups or error.response["ResponseMetadata"]["HTTPStatusCode"] not in (400, 403, 404, 410):
                raise
            has_groups[url] = False
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda identifier: post(url, identifier, message), identifiers))
