"""Terraform's AWS provider on log groups."""

from test_terraform import terraform  # noqa: F401


def test_log_groups_are_applied_planned_changed_and_destroyed(terraform):  # noqa: F811
    terraform, server = terraform("logs.tf")
    logs = server.clients.service("logs")

    def kept():
        group = logs.describe_log_groups(logGroupNamePrefix="/shop/kept")["logGroups"][0]
        return group.get("retentionInDays"), logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"]

    terraform.apply()
    terraform.has_nothing_to_do()
    assert kept() == (14, {"team": "a"})
    streams = logs.describe_log_streams(logGroupName="/shop/kept")["logStreams"]
    assert [stream["logStreamName"] for stream in streams] == ["stream"]
    for variables, expected in [(("days=30", "team=b"), (30, {"team": "b"})), (("days=0", "team=b"), (None, {"team": "b"}))]:
        options = [option for variable in variables for option in ("-var", variable)]
        terraform.apply(*options)
        terraform.has_nothing_to_do(*options)
        assert kept() == expected
    terraform("destroy", "-auto-approve", "-no-color")
    assert logs.describe_log_groups()["logGroups"] == []
