"""Layers: published, given to functions, and found by their runtimes."""

import io
import urllib.request
import zipfile

import pytest
from botocore.exceptions import ClientError

from harness.clients import error_of
from harness.functions import NODE, PYTHON, create_function, package, unique


def publish(gatehouse, files, name=None, **more):
    content = {"ZipFile": package(files)}
    return gatehouse.clients.functions.publish_layer_version(LayerName=name or unique("layer"), Content=content, **more)


def layered(gatehouse, source, layers, runtime=PYTHON, **more):
    return create_function(
        gatehouse.clients, source, runtime=runtime, Layers=[layer["LayerVersionArn"] for layer in layers], **more)  # fmt: skip


class TestRuntimes:
    def test_python_finds_modules_and_files(self, gatehouse):
        first = publish(gatehouse, {
            "python/first.py": "NAME = 'first'", "python/both.py": "NAME = 'first'", "data/a.txt": "a",
            "python/lib/python3.12/site-packages/deep.py": "NAME = 'deep'"})  # fmt: skip
        second = publish(gatehouse, {"python/both.py": "NAME = 'second'", "data/b.txt": "b"})
        source = """
import both, deep, first, os
def handler(event, context):
    opt = os.environ['PATH'].split(':')[-1].removesuffix('/bin')
    texts = [open(f'{opt}/data/{name}.txt').read() for name in 'ab']
    return [first.NAME, both.NAME, deep.NAME, texts, opt == '/opt' or os.path.isdir(opt)]
"""
        assert layered(gatehouse, source, [first, second]).invoke().json() == [
            "first", "second", "deep", ["a", "b"], True]  # fmt: skip

    def test_python_finds_them_whatever_the_function_says(self, gatehouse):
        layer = publish(gatehouse, {"python/tool.py": "NAME = 'tool'"})
        source = "import tool\ndef handler(event, context): return tool.NAME"
        function = layered(gatehouse, source, [layer], Environment={"Variables": {"PYTHONPATH": "/none"}})
        assert function.invoke().json() == "tool"

    def test_node_finds_modules(self, gatehouse):
        layer = publish(gatehouse, {
            "nodejs/node_modules/plain/index.js": "module.exports = 'plain';",
            "nodejs/node20/node_modules/versioned/index.js": "module.exports = 'versioned';"})  # fmt: skip
        source = "exports.handler = async () => [require('plain'), require('versioned')];"
        assert layered(gatehouse, source, [layer], NODE).invoke().json() == ["plain", "versioned"]

    def test_programs_are_found(self, gatehouse):
        name, content = unique("layer"), io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            entry = zipfile.ZipInfo("bin/tool")
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, "#!/bin/sh\nprintf '\"tool\"'")
        layer = gatehouse.clients.functions.publish_layer_version(
            LayerName=name, Content={"ZipFile": content.getvalue()})  # fmt: skip
        source = "import subprocess\ndef handler(event, context): return subprocess.check_output('tool').decode()"
        assert layered(gatehouse, source, [layer]).invoke().json() == '"tool"'

    @pytest.mark.parametrize("runtime, source", [
        (PYTHON, "import os\ndef handler(event, context): return os.environ['WRAPPED']"),
        (NODE, "exports.handler = async () => process.env.WRAPPED;"),
    ])  # fmt: skip
    def test_a_wrapper_starts_the_runtime(self, gatehouse, runtime, source):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            entry = zipfile.ZipInfo("wrapper")
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, "#!/bin/sh\nWRAPPED=yes exec \"$@\"\n")
        layer = gatehouse.clients.functions.publish_layer_version(
            LayerName=unique("layer"), Content={"ZipFile": content.getvalue()})  # fmt: skip
        environment = {"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}}
        assert layered(gatehouse, source, [layer], runtime, Environment=environment).invoke().json() == "yes"

    def test_a_change_of_layers_is_a_new_environment(self, gatehouse):
        name = unique("layer")
        one, two = (publish(gatehouse, {"python/tool.py": f"N = {number}"}, name) for number in (1, 2))
        function = layered(gatehouse, "import tool\ndef handler(event, context): return tool.N", [one])
        assert function.invoke().json() == 1
        update = function.client.update_function_configuration
        update(FunctionName=function.name, Layers=[two["LayerVersionArn"]])
        assert function.invoke().json() == 2
        # Deleted, it stays for who has it; published versions keep theirs.
        version = function.client.publish_version(FunctionName=function.name)["Version"]
        function.client.delete_layer_version(LayerName=name, VersionNumber=2)
        update(FunctionName=function.name, Layers=[])
        assert "No module named" in function.invoke().json()["errorMessage"]
        assert function.invoke(Qualifier=version).json() == 2


class TestManagement:
    def test_content_is_what_was_published(self, gatehouse):
        files = {"python/tool.py": "N = 1"}
        layer = publish(gatehouse, files, CompatibleRuntimes=[PYTHON], Description="d", LicenseInfo="MIT")
        got = gatehouse.clients.functions.get_layer_version_by_arn(Arn=layer["LayerVersionArn"])
        assert {k: v for k, v in got.items() if k != "ResponseMetadata"} == {
            k: v for k, v in layer.items() if k != "ResponseMetadata"}  # fmt: skip
        with urllib.request.urlopen(got["Content"]["Location"]) as answer:
            assert answer.read() == package(files)

    def test_pages_of_layers(self, gatehouse):
        made = [publish(gatehouse, {"a": "b"}) for _ in range(3)]
        pages = gatehouse.clients.functions.get_paginator("list_layers").paginate(PaginationConfig={"PageSize": 2})
        listed = [layer["LayerArn"] for page in pages for layer in page["Layers"]]
        assert {layer["LayerArn"] for layer in made} <= set(listed)
        assert len(listed) == len(set(listed))

    def test_sizes(self, gatehouse):
        def large(megabytes):
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("zeros", b"\0" * (megabytes * 1_048_576))
            name = unique("large")
            return gatehouse.clients.functions.publish_layer_version(
                LayerName=name, Content={"ZipFile": content.getvalue()})["LayerVersionArn"]  # fmt: skip

        layers = [large(130), large(120)]
        with pytest.raises(ClientError) as error:
            create_function(gatehouse.clients, "def handler(event, context): pass", Layers=layers)
        assert "combined with layers exceeds the maximum allowed size of 262144000 bytes" in str(error.value)
        with pytest.raises(ClientError) as error:
            create_function(gatehouse.clients, "def handler(event, context): pass", Layers=[*layers, large(10)])
        assert "Layers consume more than the available size of 262144000 bytes" in str(error.value)

    @pytest.mark.parametrize("path", ["../out", "/absolute", "python/../../out"])
    def test_paths_that_lead_out_are_refused(self, gatehouse, path):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr(path, "x")
        error = error_of(
            gatehouse.clients.functions.publish_layer_version, LayerName=unique("bad"),
            Content={"ZipFile": content.getvalue()})  # fmt: skip
        assert error.code == "InvalidParameterValueException"
