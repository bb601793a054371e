// The map around one unit, drawn by Cytoscape. The lists below the picture say the same in words.

import cytoscape from "cytoscape";

const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const ink = dark ? "#e9efee" : "#182023";
const COLOURS = { self: "#0b5563", above: "#1e4b8c", below: "#1c5f33", post: "#754600", class: "#6b2f7a", grid: "#53616a" };

// The unit itself in the middle, then what leads, then what it can do, then what is below.
const LEVELS = { self: 4, above: 3, post: 3, class: 2, below: 1, grid: 1 };

function draw(box) {
  const graph = cytoscape({
    container: box,
    elements: JSON.parse(box.dataset.graph),
    layout: { name: "concentric", concentric: (node) => LEVELS[node.classes()[0]] ?? 1, levelWidth: () => 1, minNodeSpacing: 40, nodeDimensionsIncludeLabels: true, padding: 24 },
    wheelSensitivity: 0.2,
    style: [
      { selector: "node", style: { label: "data(label)", "font-size": 17, color: ink, "text-wrap": "wrap", "text-max-width": 150, "text-valign": "bottom", "text-margin-y": 4, width: 22, height: 22, "background-color": "#53616a" } },
      ...Object.entries(COLOURS).map(([kind, colour]) => ({ selector: `node.${kind}`, style: { "background-color": colour } })),
      { selector: "node.self", style: { width: 40, height: 40, "font-size": 19, "font-weight": 700 } },
      { selector: "node.post", style: { shape: "round-rectangle" } },
      { selector: "node.class", style: { shape: "diamond" } },
      { selector: "node.grid", style: { shape: "hexagon" } },
      { selector: "edge", style: { width: 1.5, "line-color": dark ? "#7d8f93" : "#7b8a90", "curve-style": "bezier" } },
      { selector: "edge.parent", style: { "target-arrow-shape": "triangle", "target-arrow-color": dark ? "#7d8f93" : "#7b8a90" } },
      { selector: "edge.stand_in", style: { "line-style": "dashed" } },
    ],
  });
  graph.on("tap", "node[unit]", (event) => {
    const unit = event.target.data("unit");
    if (unit && !event.target.hasClass("self")) location.search = `?unit=${encodeURIComponent(unit)}`;
  });
  addEventListener("resize", () => graph.fit(undefined, 24));
}

document.querySelectorAll("[data-graph]").forEach(draw);
