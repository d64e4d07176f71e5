"""A short form of the attacks on operators, and the proof that they notice what they are for."""

import pytest
import torch

from templates.snn_runtime.fused.checked import address
from tests.faults import operators

CPU = torch.device("cpu")


def test_operators_read_only_what_is_theirs() -> None:
    assert operators.run(short=True) == []


def test_a_missing_check_is_noticed() -> None:
    """Steps are not compared with the inputs, and addresses are taken of anything."""
    (found, *_) = operators.noticed("steps")
    assert "AddressSanitizer: heap-buffer-overflow" in found


def test_addresses_are_a_second_guard() -> None:
    """Where the check of an argument is missing, it is only the message that is worse."""
    (found, *_) = operators.noticed("steps, with addresses")
    assert "RuntimeError: a kernel takes " in found


def test_an_address_is_one_of_memory_that_was_measured() -> None:
    x = torch.rand(3, 4)
    assert address((x, 12, torch.float32), CPU) == x.data_ptr()
    assert address((x[1:], 8, torch.float32), CPU) == x.data_ptr() + 16
    wrong = [(x, 11, torch.float32), (x, 13, torch.float32), (x, 12, torch.int32)]
    wrong += [(x.to("meta"), 12, torch.float32)]
    wrong += [(torch.rand(1, 4).expand(3, 4), 12, torch.float32), (x.t()[::2], 12, torch.float32)]
    for memory in wrong:
        with pytest.raises(RuntimeError, match=r"a kernel takes|has no memory for its 12 numbers"):
            address(memory, CPU)


@pytest.mark.parametrize("size", [0, 44])
def test_memory_that_was_taken_away_is_noticed(size: int) -> None:
    x = torch.rand(3, 4)
    x.untyped_storage().resize_(size)
    with pytest.raises(RuntimeError, match="has no memory for its 12 numbers"):
        address((x, 12, torch.float32), CPU)
