"""What the header of a stranger's file may say, whatever its digest says."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import safetensors.numpy

from charplay.errors import ModelFileError
from charplay.models.checkpoint import read_checkpoint
from charplay.models.header import ENTRY, read_header
from charplay.models.library import Library
from charplay.pretrained import shipped_models
from tests.models.former import FIXTURES

WHOLE = read_checkpoint(FIXTURES / "numpy-gru-stopped.safetensors")
HUGE = 10**400


def write(path, **changes):
    """A file with these values in its header, its digest made right where it can have one."""
    header = replace(WHOLE.header, **{**changes, "digest": ""})
    digest = replace(WHOLE, header=header).digest
    values = {**asdict(header), "digest": digest}
    path.write_bytes(safetensors.numpy.save({"model/x": np.zeros(1)}, {ENTRY: json.dumps(values)}))
    return path


def nested(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


WRONG = {
    "a loss beyond floats": {"provenance": {"held_out_loss": HUGE}},
    "a loss that is true": {"provenance": {"held_out_loss": True}},
    "a loss that is a text": {"provenance": {"held_out_loss": "1.5"}},
    "a loss that is no number": {"history": [[1, float("nan"), None]]},
    "an infinite loss": {"history": [[1, 2.0, float("inf")]]},
    "an update below zero": {"history": [[-1, 2.0, None]]},
    "an update beyond 64 bits": {"history": [[2**64, 2.0, None]]},
    "a note without a loss": {"history": [[1]]},
    "more characters than any text": {"vocabulary": "".join(map(chr, [10, *range(256, 65_792)]))},
    "history that is a text": {"history": "none"},
    "infinite quantiles": {"held_out_quantiles": [float("inf")]},
    "a name of two lines": {"provenance": {"recipe": "a\nb  shipped"}},
    "a backend of two lines": {"backend": "numpy\nx"},
    "a backend without a name": {"backend": ""},
    "a backend that is a number": {"backend": 5},
    "half a character": {"provenance": {"text": {"corpus": "\ud800"}}},
    "a checksum that is none": {"provenance": {"text": {"sha256": "../x"}}},
    "endless brackets": {"provenance": {"more": nested(100)}},
    "a text without an end": {"provenance": {"again": "x" * 60_000}},
    "versions without an end": {"provenance": {"versions": {str(n): "1" for n in range(500)}}},
    "an order that is a text": {"provenance": {"counting": {"order": "x"}}},
    "the longest answer": {"sampling": {"max_chars": 10**12}},
    "lines below one": {"sampling": {"lines": 0}},
    "a number beyond floats in the plan": {"plan": {"seed": HUGE}},
    "a number beyond 64 bits in the configuration": {"config": {"hidden": 2**64}},
    "progress that is a text": {"progress": {"update": "20"}},
    "progress of a part that is a text": {"progress": {"of_part": "x"}},
    "a plan that is a list": {"plan": []},
    "no characters": {"vocabulary": "", "kind": "prose"},
    "characters out of order": {"vocabulary": "ba\n"},
    "a kind that is none": {"kind": "poem"},
}


@pytest.mark.parametrize("what", WRONG)
def test_a_value_that_cannot_be_is_told_by_the_name_of_its_field(tmp_path, what):
    with pytest.raises(ModelFileError) as caught:
        read_header(write(tmp_path / "foreign.safetensors", **WRONG[what]))
    assert "has a damaged header: " in caught.value.message
    assert next(iter(WRONG[what])) in caught.value.message
    assert len(caught.value.message) < len(str(tmp_path)) + 200


def test_a_field_that_another_version_added_is_left_alone(tmp_path):
    path = write(tmp_path / "newer.safetensors", provenance={"mood": {"good": [1, 2.5, None]}})
    assert read_header(path).provenance["mood"]["good"] == [1, 2.5, None]


def test_a_broken_row_does_not_hide_the_others(tmp_path):
    folder = tmp_path / "models"
    (folder / "names").mkdir(parents=True)
    write(folder / f"{'0' * 64}.safetensors", provenance={"held_out_loss": HUGE})
    (folder / "names" / "foreign").write_text("0" * 64 + "\n\n")
    entries = {each.name: each for each in Library(folder, None, shipped_models()).entries()}
    assert "provenance.held_out_loss cannot be 1000" in entries["foreign"].fault
    assert all(not each.fault for name, each in entries.items() if name != "foreign")


def raw_file(path, tensors, data=bytes(16)):
    """A file whose tensors lie as they are said to, whatever the library would write."""
    head = json.dumps({"__metadata__": {ENTRY: json.dumps(asdict(WHOLE.header))}, **tensors})
    path.write_bytes(len(head).to_bytes(8, "little") + head.encode() + data)
    return path


def tensor(begin, end, shape=(2,), dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


@pytest.mark.parametrize(
    "tensors",
    [
        {"model/a": tensor(0, 8), "model/b": tensor(4, 12)},
        {"model/a": tensor(0, 8), "model/b": tensor(0, 8)},
        {"model/a": tensor(0, 8), "model/b": tensor(8, 2**40)},
        {"model/a": tensor(8, 0), "model/b": tensor(8, 16)},
        {"model/a": tensor(0, 16, shape=(2**31, 2**31))},
        {"model/a": tensor(0, 16, shape=(2**62, 4))},
        {"model/a": tensor(0, 8)},
        {"model/a": tensor(-8, 8)},
    ],
    ids=["overlapping", "the same", "beyond the end", "backwards", "more than there is",
         "more than numbers have", "bytes that are nobody's", "before the beginning"],
)  # fmt: skip
def test_arrays_that_do_not_lie_one_after_another_are_no_file(tmp_path, tensors):
    with pytest.raises(ModelFileError, match="is not a whole model file"):
        read_checkpoint(raw_file(tmp_path / "m.safetensors", tensors))


def test_a_header_longer_than_its_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "m.safetensors"
    path.write_bytes((2**62).to_bytes(8, "little") + b"{}")
    with pytest.raises(ModelFileError, match="is not a whole model file"):
        read_header(path)
