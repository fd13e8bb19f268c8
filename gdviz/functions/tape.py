"""A graph's operations in a row, carried out on arrays: in float64, and in wide numbers where float64 does not suffice.

float64 overflows on the way to many a finite result, and a division by zero leaves an infinity that looks the same.
NumPy says after which operation something of the kind has happened; the places where it has are computed again in wide
numbers, which do neither. They decide, and are the same to the bit wherever float64 was right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdviz.extent import FloatArray
from gdviz.functions.graph import CONSTANT, VARIABLE, Graph
from gdviz.functions.operations import OPERATIONS, Operation
from gdviz.functions.wide import narrow, wide

CHUNK = 16_384  # numbers that are computed at a time: the processor's cache holds what lies between

_SMALLEST, _LARGEST = np.finfo(np.float64).tiny, np.finfo(np.float64).max


@dataclass(frozen=True)
class Tape:
    """Operations in an order in which they can be carried out, their results kept in a few registers.

    Attributes
    ----------
    variables
        The numbers of the coordinates that occur, and their registers.
    constants
        Registers, and the numbers in them.
    steps
        Each an operation, the registers of its inputs and that of its result.
    outputs
        The registers of what was asked for.
    registers
        How many there are.

    """

    variables: tuple[tuple[int, int], ...]
    constants: tuple[tuple[int, FloatArray], ...]
    steps: tuple[tuple[Operation, tuple[int, ...], int], ...]
    outputs: tuple[int, ...]
    registers: int

    def run(self, coordinates: Sequence[FloatArray]) -> tuple[list[FloatArray], NDArray[np.bool_]]:
        """Compute in float64.

        Parameters
        ----------
        coordinates
            One array of shape (n,) for each variable.

        Returns
        -------
        The outputs, each of shape (n,) or (), and where they are not to be trusted, shape (n,).

        """
        registers: list[Any] = [None] * self.registers
        for place, constant in self.constants:
            registers[place] = constant
        for number, place in self.variables:
            registers[place] = coordinates[number]
        doubtful = np.zeros(coordinates[0].shape, dtype=np.bool_)
        events: list[str] = []
        with np.errstate(all="call", call=lambda event, _: events.append(event)):
            for operation, inputs, place in self.steps:
                registers[place] = operation.narrow(*[registers[each] for each in inputs])
                if events:
                    size = np.abs(registers[place])
                    doubtful |= ~((size >= _SMALLEST) & (size <= _LARGEST))
                    events.clear()
        return [registers[place] for place in self.outputs], doubtful

    def run_wide(self, coordinates: Sequence[FloatArray]) -> list[FloatArray]:
        """Compute in wide numbers; see `run`. What cannot be known is NaN."""
        registers: list[Any] = [None] * self.registers
        with np.errstate(all="ignore"):
            for place, constant in self.constants:
                registers[place] = wide(constant)
            for number, place in self.variables:
                registers[place] = wide(coordinates[number])
            for operation, inputs, place in self.steps:
                registers[place] = operation.wide(*[registers[each] for each in inputs])
            return [narrow(registers[place]) for place in self.outputs]


def record(graph: Graph, outputs: Sequence[int], watched: Sequence[int] = ()) -> Tape:
    """Return the tape of some of a graph's nodes.

    The `watched` nodes are computed too, for what happens there: where they have no value, nothing has.
    """
    order = graph.needed([*outputs, *watched])
    last = {each: place for place in order for each in graph.nodes[place].inputs} | dict.fromkeys(outputs, -1)
    registers: dict[int, int] = {}
    free: list[int] = []
    count = 0
    variables: dict[int, int] = {}
    constants, steps = [], []
    for place in order:
        operation, inputs, number = graph.nodes[place]
        if operation in (CONSTANT, VARIABLE) or not free:
            registers[place], count = count, count + 1
        else:
            registers[place] = free.pop()
        if operation == CONSTANT:
            constants.append((registers[place], np.array(number)))
        elif operation == VARIABLE:
            variables[int(number)] = registers[place]
        else:
            steps.append((OPERATIONS[operation], tuple(registers[each] for each in inputs), registers[place]))
            free += [
                registers[each]
                for each in set(inputs)
                if last[each] == place and graph.nodes[each].operation not in (CONSTANT, VARIABLE)
            ]
    shown = tuple(registers[each] for each in outputs)
    return Tape(tuple(variables.items()), tuple(constants), tuple(steps), shown, count)


def compute(tape: Tape, whole: Tape, coordinates: Sequence[FloatArray]) -> FloatArray:
    """Return a tape's outputs, shape (outputs, n), at coordinates of shape (n,).

    Where float64 does not suffice, `whole` is computed in wide numbers: its first output is the value, and its last
    ones are the tape's. Where it has no value, all are NaN.
    """
    count = len(coordinates[0])
    result = np.empty((len(tape.outputs), count))
    for start in range(0, count, CHUNK):
        chunk = slice(start, start + CHUNK)
        columns = [each[chunk] for each in coordinates]
        outputs, doubtful = tape.run(columns)
        part = result[:, chunk]
        for row, output in zip(part, outputs, strict=True):
            row[:] = output
        if doubtful.any():
            value, *_ = surer = np.broadcast_arrays(*whole.run_wide([each[doubtful] for each in columns]))
            part[:, doubtful] = np.where(np.isnan(value), np.nan, np.stack(surer[-len(part) :]))
    return result
