"""The city in Mesa's SolaraViz: rents as a layer of the map, studios as points, indicators as lines.

    pip install 'cluster_sim[viz]'
    solara run examples/city_in_solara.py
"""

from __future__ import annotations

from mesa.visualization import Slider, SolaraViz, SpaceRenderer, make_plot_component
from mesa.visualization.components import AgentPortrayalStyle, PropertyLayerStyle

from cluster_sim import ClusterModel
from cluster_sim.codes import SEGMENTS

COLOURS = dict(zip(SEGMENTS, ("tab:red", "tab:blue", "tab:green", "tab:purple", "tab:orange", "tab:brown"),
                   strict=True))


def portray_studio(studio):
    """A point for each studio, as large as its staff and in the colour of its segment, anywhere in its cell."""
    x, y = studio.pos
    east, north = studio.unique_id % 101 / 101 - 0.5, studio.unique_id // 101 % 103 / 103 - 0.5
    return AgentPortrayalStyle(x + 0.9 * east, y + 0.9 * north, color=COLOURS[studio.segment_name],
                               size=4.0 + studio.staff, alpha=0.7)


def portray_layer(layer):
    """Rents in shades of grey; other layers are not shown."""
    if layer.name == "rent":
        return PropertyLayerStyle(colormap="Greys", alpha=0.6, colorbar=True)
    return None


model = ClusterModel("baseline", seed=1, scale="1/50")
renderer = SpaceRenderer(model, backend="matplotlib")
renderer.draw_propertylayer(portray_layer)
renderer.draw_agents(portray_studio)

page = SolaraViz(
    model,
    renderer,
    components=[make_plot_component("studios"), make_plot_component("employment"), make_plot_component("released")],
    model_params={"setup": "baseline", "scale": "1/50", "seed": Slider("Seed", 1, 1, 20, 1)},
    name="Creative cluster",
)
