"""What user pools keep: through `kill -9` in the middle of sign-ups, and on a disk that is full."""

import ctypes
import os
import random
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from harness.clients import error_of
from harness.pools import PASSWORD, Pool

KILLS, CLIENTS = 4, 6


def test_who_was_told_to_be_signed_up_is(own_gatehouse, tmp_path):
    data, numbers = tmp_path / "data", random.Random(5)
    server = own_gatehouse(data=data, traffic=0)
    people = Pool(server)
    told, begun = set(), set()
    for turn in range(KILLS):
        goal = len(told) + numbers.randint(3, 25)

        def sign_up(client):
            for number in range(10_000):
                name = f"user-{turn}-{client}-{number}"
                begun.add(name)
                try:
                    people.idp.sign_up(ClientId=people.client_id, Username=name, Password=PASSWORD)
                except ClientError:
                    raise
                except (BotoCoreError, OSError):
                    return
                told.add(name)
                if len(told) >= goal:
                    server.process.kill()

        with ThreadPoolExecutor(CLIENTS) as threads:
            list(threads.map(sign_up, range(CLIENTS)))
        server.kill()
        server = own_gatehouse(data=data, traffic=0)
        people.server, people.idp = server, server.clients.service("cognito-idp")
        pages = people.idp.get_paginator("list_users").paginate(UserPoolId=people.id)
        found = {user["Username"] for page in pages for user in page["Users"]}
        assert told <= found <= begun
    for name in sorted(told)[:3]:
        people.idp.admin_confirm_sign_up(UserPoolId=people.id, Username=name)
        people.sign_in(name)


def mounting(folder):
    """What makes a process see a small disk of its own there."""
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare():
        new_mounts, private = 0x00020000, 0x4000 | 0x40000
        for done in (
            libc.unshare(new_mounts),
            libc.mount(None, b"/", None, private, None),
            libc.mount(b"none", os.fsencode(folder), b"tmpfs", 0, b"size=8m"),
        ):
            if done != 0:
                raise OSError(ctypes.get_errno(), "mount")

    return prepare


def test_a_full_disk_refuses_and_forgets(own_gatehouse, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    try:
        server = own_gatehouse(data=data, traffic=0, popen={"preexec_fn": mounting(data)})
    except subprocess.SubprocessError:
        pytest.skip("file systems cannot be mounted here")
    people = Pool(server)
    people.user("ada")
    # As the server sees it.
    filler = f"/proc/{server.pid}/root{data}/filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    signing_up = {"ClientId": people.client_id, "Username": "bob", "Password": PASSWORD}
    # What is left of pages that are written already may take the first ones.
    for number in range(200):
        try:
            people.idp.sign_up(**signing_up | {"Username": f"user-{number}"})
        except ClientError as fault:
            assert fault.response["Error"]["Code"] == "InternalErrorException"
            assert "It cannot be stored now" in fault.response["Error"]["Message"]
            break
    else:
        pytest.fail("the disk never was full")
    assert error_of(people.idp.sign_up, **signing_up).code == "InternalErrorException"
    assert error_of(people.idp.admin_delete_user, UserPoolId=people.id, Username="ada").code == "InternalErrorException"
    missing = error_of(people.idp.admin_get_user, UserPoolId=people.id, Username="bob")
    assert missing.code == "UserNotFoundException"
    people.sign_in("ada")
    os.unlink(filler)
    people.idp.sign_up(**signing_up)
    people.idp.admin_confirm_sign_up(UserPoolId=people.id, Username="bob")
    people.sign_in("bob")
    server.kill()
