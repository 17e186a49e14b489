"""The map as a Mesa grid: layers are the model's own arrays, cells know who is there, and looking changes no byte."""

from __future__ import annotations

import copy
import pickle

import mesa
import numpy as np
import pytest
from engine import build, differences, tables

from cluster_sim.agents import Studio, Talent
from cluster_sim.codes import Life
from cluster_sim.records import CELL

if not hasattr(mesa.discrete_space, "PropertyLayer"):
    pytest.skip("this Mesa has no property layers", allow_module_level=True)


@pytest.fixture(scope="module")
def model():
    """A model after three months; no test of this file changes what it holds."""
    found = build(6)
    for _ in range(3):
        found.step()
    return found


def test_it_is_a_grid_of_mesa(model):
    grid = model.grid
    assert isinstance(grid, mesa.discrete_space.OrthogonalMooreGrid) and grid is model.grid
    assert grid.dimensions == (model.side, model.side) and len(grid.all_cells) == model.side**2
    assert all(isinstance(layer, mesa.discrete_space.PropertyLayer) for layer in grid._mesa_property_layers.values())
    assert len(grid[1, 1].neighborhood) == 8 and len(grid[0, 0].neighborhood) == 3


def test_every_column_of_a_cell_is_a_layer(model):
    names = set(model.grid._mesa_property_layers)
    assert names == {*CELL.names, "office_floor", "empty"} - {"capacity"}
    assert np.shares_memory(model.grid.office_floor.data, model.space.cells)


def test_a_layer_is_the_models_array_with_x_to_the_east():
    model = build(4)
    grid, cells, side = model.grid, model.space.cells, model.side
    model.step()
    for x, y in ((0, 0), (3, 1), (side - 1, 2)):
        number = y * side + x
        assert grid.rent.data[x, y] == grid[x, y].rent == cells["rent"][number] > 0
    before = grid.rent.data.copy()
    model.step()
    assert (grid.rent.data != before).any() and (grid.rent.data.T.ravel() == cells["rent"]).all()


def test_what_is_written_to_a_layer_or_a_cell_is_written_to_the_city():
    model = build(4)
    grid, cells = model.grid, model.space.cells
    grid[2, 1].amenity = 0.25
    assert cells["amenity"][model.side + 2] == 0.25
    grid.amenity.set_cells(0.5)
    grid.amenity.modify_cells(np.multiply, 0.5)
    assert (cells["amenity"] == 0.25).all()
    grid.amenity.data = 0.75
    assert (cells["amenity"] == 0.75).all()
    with pytest.raises(AttributeError, match="it cannot be written"):
        grid.empty.data = np.ones(grid.dimensions, bool)


def test_cells_and_studios_know_each_other(model):
    grid, studios = model.grid, model.agents_by_type[Studio]
    assert set(grid.agents) == set(studios) == set(grid.all_cells.agents)
    table = model.studios.used
    for studio in studios:
        number = table["cell"][studio.row]
        assert studio.cell is grid.at(number) is grid[studio.pos] and studio.pos == (number % model.side,
                                                                                    number // model.side)
        assert studio in studio.cell.agents and not studio.cell.is_empty and not studio.cell.empty
    person = next(iter(model.agents_by_type[Talent]))
    assert person in person.cell.residents and person.cell.coordinate == person.pos
    assert sum(len(cell.residents) for cell in grid.all_cells) == len(model.agents_by_type[Talent])


def test_empty_cells_are_those_without_a_studio(model):
    grid, table = model.grid, model.studios.used
    taken = set(table["cell"][table["alive"] == Life.ALIVE].tolist())
    empty = {cell.coordinate for cell in grid.empties}
    assert empty == {cell.coordinate for cell in grid.all_cells if grid.index(cell.coordinate) not in taken}
    assert 0 < len(empty) < model.side**2
    assert {tuple(map(int, place)) for place in grid.select_cells(only_empty=True)} == empty
    assert grid.select_random_empty_cell().coordinate in empty
    assert all(not studio.cell.empty for studio in grid[next(iter(empty))].get_neighborhood(radius=8).agents)


def test_occupants_are_of_this_month(model):
    """A neighbourhood that Mesa has remembered shows who is there now."""
    other = build(30, par={"births.close": 0.05, "property.look": 0.5})
    other.step()
    middle = other.grid[4, 4]
    around = middle.get_neighborhood(radius=3, include_center=True)
    before = set(around.agents)
    for _ in range(20):
        other.step()
    now = set(around.agents)
    assert now != before and now == {studio for studio in other.agents_by_type[Studio]
                                     if max(abs(studio.pos[0] - 4), abs(studio.pos[1] - 4)) <= 3}


def test_looking_at_the_grid_changes_no_byte():
    plain, watched = build(12), build(12)
    while not watched.finished:
        grid = watched.grid
        for cell in grid.all_cells:
            repr(cell), cell.agents, cell.residents, cell.is_full, cell.neighborhood.agents
        grid.select_cells({"rent": lambda rent: rent > 50}, {"density": "highest"}, only_empty=True)
        grid.select_random_empty_cell()
        grid.rent.aggregate(np.mean)
        [repr(agent) for agent in watched.agents]
        [dir(agent) for agent in grid.agents]
        watched.datacollector.get_model_vars_dataframe() if watched.t else None
        plain.step()
        watched.step()
    assert differences(tables(plain), tables(watched)) == []


def test_a_stored_model_has_no_grid_and_goes_on_the_same():
    model = build(10)
    for _ in range(4):
        model.step()
    assert model.grid.agents and model.agents
    stored = pickle.dumps(model)
    assert b"CityGrid" not in stored and b"CellLayer" not in stored
    again, twin = pickle.loads(stored), copy.deepcopy(model)
    assert again.grid.model is again and np.shares_memory(again.grid.rent.data, again.space.cells)
    assert differences(tables(model.run()), tables(again.run())) == []
    assert differences(tables(model), tables(twin.run())) == []


def test_agents_do_not_enter_or_leave_a_cell_by_hand(model):
    cell, studio = model.grid[0, 0], next(iter(model.grid.agents))
    for refused in (cell.add_agent, cell.remove_agent):
        with pytest.raises(TypeError, match="moves with studio.move_to"):
            refused(studio)
    with pytest.raises(AttributeError, match=r"studio.cell is not written by hand: studio.move_to\(cell\) pays"):
        studio.cell = cell
    assert mesa.discrete_space.CellAgent not in type(studio).__mro__
