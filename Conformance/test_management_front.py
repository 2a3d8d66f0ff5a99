"""The management listener: whom it answers, how large a call may be, and what it tells of files."""

import pytest

from harness import wire


def status_for_host(gatehouse, host):
    address = gatehouse.clients.address
    return wire.fetch(address, "GET", "/2015-03-31/functions", host).status


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "127.9.9.9:4566", "[::1]:4566", "localhost."])
def test_this_machines_own_names_are_answered(gatehouse, host):
    assert status_for_host(gatehouse, host) == 200


@pytest.mark.parametrize("host", ["127.evil.com", "127.0.0.1.evil.com:4566", "127.1", "localhost.evil.com"])
def test_a_name_that_looks_like_an_address_is_a_name(gatehouse, host):
    """DNS rebinding: whoever owns the name decides that it leads to 127.0.0.1."""
    assert status_for_host(gatehouse, host) == 403


@pytest.mark.parametrize("name", ["..%2f..%2f..%2fetc%2fpasswd", "..%2flock", "none", "A" * 64])
def test_what_is_no_name_of_an_asset_is_refused_whatever_exists(gatehouse, name):
    answer = wire.fetch(gatehouse.clients.address, "GET", "/_gatehouse/assets/" + name, "localhost")
    assert answer.status == 400


def test_an_asset_that_is_not_there_is_not_found(gatehouse):
    answer = wire.fetch(gatehouse.clients.address, "GET", "/_gatehouse/assets/" + "a" * 64, "localhost")
    assert answer.status == 404


def test_a_call_that_is_too_large_hears_of_its_operation(gatehouse):
    """Recorded from AWS."""
    headers = [("Content-Length", "70167212"), ("Expect", "100-continue")]
    answer = wire.fetch(gatehouse.clients.address, "POST", "/2015-03-31/functions", "localhost", headers)
    assert answer.status == 413
    assert answer.header("x-amzn-errortype") == "RequestEntityTooLargeException"
    message = "Request must be smaller than 70167211 bytes for the CreateFunction operation"
    assert answer.json()["message"] == message
