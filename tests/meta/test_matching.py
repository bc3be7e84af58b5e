"""Shapes: ink, directions and distances against plain ones, bending that finds a known map, the two verbs."""

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from scipy.ndimage import map_coordinates

from graft.data.dataset import Dataset
from graft.errors import DataError
from graft.meta.evaluate import meta_evaluate
from graft.meta.matching.bending import Bending, Pairs, cost, energies, energy, hats, looked_up
from graft.meta.matching.drawing import BINS, FARTHEST, POINTS, TURN_COST, described, directions, drawings_of, spread
from graft.meta.matching.ink import FRAME, ink_of
from graft.meta.matching.judge import shape_accuracies
from graft.meta.matching.matcher import ShapeMatching, drawn_tasks
from graft.meta.shape import Shape

QUICK = Bending(rigid=25, elastic=15)
SHAPES = {
    "cross": [[(-30, 0), (30, 0)], [(0, -30), (0, 30)]],
    "corner": [[(-30, -30), (-30, 30), (30, 30)]],
    "zigzag": [[(-30, -25), (30, -25), (-30, 25), (30, 25)]],
    "roof": [[(-30, 30), (0, -30), (30, 30)]],
}


def drawn(
    name: str, turn: float = 0.0, shear: float = 0.0, scale: float = 1.0, at: tuple[int, int] = (52, 52)
) -> Image.Image:
    image, turned = Image.new("L", (105, 105), 255), np.radians(turn)
    matrix = scale * np.array([[np.cos(turned), -np.sin(turned) + shear], [np.sin(turned), np.cos(turned)]])
    for line in SHAPES[name]:
        places = [tuple(float(x) for x in matrix @ place + at) for place in line]
        ImageDraw.Draw(image).line(places, fill=0, width=3)
    return image


def test_ink_does_not_depend_on_place_size_or_which_of_ink_and_paper_is_dark() -> None:
    plain = ink_of(drawn("zigzag"))
    assert plain.shape == (FRAME, FRAME)
    moved = ink_of(drawn("zigzag", scale=0.6, at=(40, 60)))
    assert np.corrcoef(plain.ravel(), moved.ravel())[0, 1] > 0.75
    image = drawn("zigzag")
    assert np.allclose(ink_of(Image.fromarray(255 - np.asarray(image))), plain, atol=1e-6)
    rows, columns = np.nonzero(plain > 0.5)
    assert max(np.ptp(rows), np.ptp(columns)) == pytest.approx(FRAME / 1.45, abs=3)
    with pytest.raises(DataError, match="nothing drawn"):
        ink_of(Image.new("L", (20, 20), 255))


def test_directions_are_those_of_the_strokes() -> None:
    for turn in (0, 30, 90, 140):
        image = Image.new("L", (105, 105), 255)
        step = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))]) * 35
        ImageDraw.Draw(image).line([tuple(52 - step), tuple(52 + step)], fill=0, width=4)
        ink = ink_of(image)
        angle, _ = directions(ink)
        found = np.degrees(angle[FRAME // 2, FRAME // 2])
        assert min(abs(found - turn), 180 - abs(found - turn)) < 6


def test_fields_are_the_nearest_strokes_distances() -> None:
    ink = ink_of(drawn("corner"))
    points, bins, fields = described(ink)
    assert points.shape == (POINTS, 2)
    assert fields.max() <= FARTHEST
    assert (ink[points[:, 1], points[:, 0]] > 0.3).all()
    own = fields[bins, points[:, 1], points[:, 0]]
    assert own.mean() < 0.5
    inked = np.argwhere(ink > min(0.4, ink.max() / 2))
    for place in ((3, 3), (24, 40), (40, 8)):
        nearest = np.hypot(*(inked - place).T).min()
        least = fields[:, place[0], place[1]].min()
        assert least >= min(nearest, FARTHEST) - 1e-4
        assert least <= min(nearest + TURN_COST * (BINS // 2), FARTHEST) + 1e-4
    steps = np.abs(fields[:, None] - fields[None])
    assert steps.max() <= TURN_COST * (BINS // 2) + 1e-4


def test_spread_takes_the_farthest_each_time() -> None:
    line = np.stack([np.arange(9), np.zeros(9, int)], axis=1)
    assert spread(line, 3).tolist() == [0, 8, 4]
    assert len(spread(line, 20)) == 20


def test_looking_up_is_bilinear_and_outside_adds_the_way_back() -> None:
    random = np.random.default_rng(0)
    fields = torch.from_numpy(random.random((3, BINS, FRAME, FRAME)).astype(np.float32))
    bins = torch.from_numpy(random.integers(0, BINS, (2, 7)))
    points = torch.from_numpy(random.uniform(-0.99, 0.99, (2, 7, 2)).astype(np.float32))
    found = looked_up(fields, torch.tensor([2, 0]), bins, points)
    for b, image in enumerate((2, 0)):
        for p in range(7):
            x, y = (points[b, p].numpy() + 1) * (FRAME - 1) / 2
            plain = map_coordinates(fields[image, bins[b, p]].numpy(), [[y], [x]], order=1)[0]
            assert found[b, p].item() == pytest.approx(plain, abs=1e-4)
    out = torch.tensor([[[1.0 + 4 / (FRAME - 1), 0.0]]])
    on = torch.tensor([[[1.0, 0.0]]])
    one = torch.zeros(1, 1, dtype=torch.int64)
    assert (looked_up(fields, one[0], one, out) - looked_up(fields, one[0], one, on)).item() == pytest.approx(
        2, abs=1e-2
    )


def test_hats_are_weights_that_give_a_knots_own_value_at_it() -> None:
    columns, rows = hats(torch.tensor([[[-1.0, 1.0], [0.2, -0.4]]]))
    assert columns[0, 0].tolist() == [1, 0, 0, 0]
    assert rows[0, 0].tolist() == [0, 0, 0, 1]
    assert columns.sum(2).flatten().tolist() == pytest.approx([1, 1])


def test_equal_drawings_leave_nothing_over_and_other_ones_do() -> None:
    drawings = drawings_of([drawn(name) for name in SHAPES])
    before = drawings.fields.clone()
    index = torch.arange(4)
    same, other = (energies(drawings, drawings, index, to, QUICK) for to in (index, index.roll(1)))
    assert same.shape == (4,)
    assert (same < 0.02).all()
    assert (other > 5 * same).all()
    assert torch.equal(drawings.fields, before)


def test_the_energy_is_costs_both_ways_and_efforts() -> None:
    one, other = drawings_of([drawn("zigzag")]), drawings_of([drawn("roof")])
    index = torch.zeros(1, dtype=torch.int64)
    pairs = Pairs(one, other, index, index)
    with torch.no_grad():
        pairs.maps += torch.tensor([0.1, 0.2, -0.1, 0.05, 0.03, -0.02])
        pairs.knots += 0.01
        there, back = pairs.offsets()
        found = energy(pairs, QUICK).item()
        matrix = np.array([[1.1, 0.2], [-0.1, 1.05]])
        points = one.points[0].double().numpy() @ matrix.T + [0.03, -0.02] + 0.01
        back_points = (other.points[0].double().numpy() - [0.03, -0.02]) @ np.linalg.inv(matrix).T + 0.01
        for told, fields, bins, places in ((there, other, one, points), (back, one, other, back_points)):
            plain = looked_up(fields.fields, index, bins.bins, torch.from_numpy(places).float()[None])
            assert torch.allclose(told, plain, atol=1e-3)
    efforts = 0.05 * (0.01 + 0.04 + 0.01 + 0.0025 + 0.5 * (0.0009 + 0.0004)) + 4.0 * 4 * 0.0001
    costs = [np.mean(away.numpy() ** 2 / (away.numpy() ** 2 + 36)) for away in (there, back)]
    assert found == pytest.approx(sum(costs) + efforts, rel=1e-4)
    assert cost(torch.full((1, 3), 6.0), 6.0).item() == pytest.approx(0.5)


def test_the_affine_map_between_two_drawings_is_undone() -> None:
    one, other = drawings_of([drawn("zigzag")]), drawings_of([drawn("zigzag", turn=14, shear=0.25)])
    index = torch.zeros(1, dtype=torch.int64)
    with torch.no_grad():
        before = energy(Pairs(one, other, index, index), QUICK)
    after = energies(one, other, index, index, QUICK)
    assert after < 0.4 * before


def test_more_starts_leave_no_more() -> None:
    one, other = drawings_of([drawn("zigzag")]), drawings_of([drawn("zigzag", turn=50)])
    index = torch.zeros(1, dtype=torch.int64)
    single, several = (dataclasses.replace(QUICK, starts=starts) for starts in ((0.0,), (0.0, 45.0)))
    assert energies(one, other, index, index, several) < 0.8 * energies(one, other, index, index, single)


def test_queries_are_told_by_their_shapes_each_by_itself() -> None:
    matching = ShapeMatching(QUICK)
    known = matching.adapt([drawn(name) for name in SHAPES], np.arange(4))
    queries = [
        drawn(name, turn=turn, shear=0.15, scale=0.8) for name, turn in zip(SHAPES, (10, -12, 8, -9), strict=True)
    ]
    scores = matching.predict(known, queries)
    assert scores.argmax(1).tolist() == [0, 1, 2, 3]
    alone = matching.predict(known, queries[2:3])
    assert torch.allclose(alone[0], scores[2], atol=1e-4)
    two = matching.adapt([drawn("cross"), drawn("roof"), drawn("corner")], np.array([0, 1, 0]))
    assert matching.predict(two, queries).argmax(1).tolist() == [0, 0, matching.predict(two, queries)[2].argmax(), 1]


def test_tasks_stay_within_a_folder() -> None:
    names, images, targets = [], [], []
    for code, shape in enumerate(SHAPES):
        for turn in (-6, 3, 9):
            images.append(drawn(shape, turn=turn))
            targets.append(code)
            names.append(f"{shape}{turn}")
    classes = ("a/cross", "a/corner", "b/zigzag", "b/roof")
    dataset = Dataset(images, names, "image", np.array(targets), classes)
    place = {id(image): classes[code][0] for image, code in zip(images, targets, strict=True)}
    for support, queries in drawn_tasks(dataset, 2, 6, 0):
        assert len({place[id(image)] for image in [*support, *queries]}) == 1
        assert not {id(image) for image in support} & {id(image) for image in queries}
    with pytest.raises(DataError, match="ask for fewer ways"):
        next(drawn_tasks(dataclasses.replace(dataset, classes=("p", "q", "r", "s")), 9, 1, 0))


def test_tasks_are_judged_by_shapes_under_a_name_of_their_own() -> None:
    images = [drawn(shape, turn=turn) for shape in SHAPES for turn in (-6, 4, 9)]
    dataset = Dataset(images, [str(i) for i in range(12)], "image", np.repeat(np.arange(4), 3), tuple(SHAPES))
    found = shape_accuracies(ShapeMatching(QUICK), dataset, Shape(3, 1, 2), 2)
    assert found.tolist() == [1.0, 1.0]
    judged = meta_evaluate("shape-matching", dataset, ways=2, queries=1, episodes=2)
    assert judged.method == "shape-matching"
    assert judged.accuracy.value == 1.0
    with pytest.raises(DataError, match="1 episodes give no interval"):
        meta_evaluate("shape-matching", dataset, ways=2, queries=1, episodes=1)
