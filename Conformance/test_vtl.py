"""The workbench of mapping templates."""

import json
import os
import subprocess
from pathlib import Path

GOLDENS = Path(__file__).parent.parent / "Tests" / "VelocityTests" / "Goldens"


def vtl(*arguments):
    return subprocess.run([os.environ["GATEHOUSE"], "vtl", *map(str, arguments)], capture_output=True, text=True, timeout=60)


def test_a_template_is_rendered(tmp_path):
    (tmp_path / "t.vtl").write_text('{"id": "$input.params(\'id\')", "n": $input.json("$.n"), "s": "$context.stage"}')
    (tmp_path / "r.json").write_text(json.dumps({"params": {"path": {"id": "7"}}, "body": {"n": [1, 2]}}))
    ran = vtl("eval", tmp_path / "t.vtl", "--request", tmp_path / "r.json", "--context", '{"stage": "dev"}')
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, '{"id": "7", "n": [1,2], "s": "dev"}\n', "")


def test_branches_and_undefined_references_are_told(tmp_path):
    (tmp_path / "t.vtl").write_text("#if($input.body == 'x')\nyes $nothing\n#end")
    ran = vtl("eval", tmp_path / "t.vtl", "--body", "x", "--trace")
    assert (ran.returncode, ran.stdout) == (0, "yes \n\n")
    assert f"{tmp_path}/t.vtl:1:1: #if taken\n" in ran.stderr
    assert f"{tmp_path}/t.vtl:2:5: $nothing has no value\n" in ran.stderr


def test_an_error_is_told_with_its_place(tmp_path):
    (tmp_path / "t.vtl").write_text("one\n#if(")
    ran = vtl("eval", tmp_path / "t.vtl")
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"{tmp_path}/t.vtl:2:")


def test_a_folder_of_templates_is_compared(tmp_path):
    ran = vtl("test", GOLDENS)
    assert (ran.returncode, ran.stderr) == (0, "")
    (tmp_path / "a.vtl").write_text("1\n2")
    (tmp_path / "a.out").write_text("1\n3")
    ran = vtl("test", tmp_path)
    assert ran.returncode == 1
    assert ran.stderr == "a: line 2 is\n  2\nand must be\n  3\n"
