// The map around one unit, drawn by Cytoscape. The lists below the picture say the same in words.

import cytoscape from "cytoscape";

const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const ink = dark ? "#e9efee" : "#182023";
const paper = dark ? "#182023" : "#ffffff";
const line = dark ? "#7d8f93" : "#7b8a90";
const COLOURS = { self: "#0b5563", above: "#1e4b8c", below: "#1c5f33", post: "#754600", class: "#6b2f7a", grid: "#53616a" };

// From top to bottom: who leads, the unit itself, who answers, what it can do, what is below.
const BANDS = [["above"], ["self"], ["post"], ["class"], ["below"], ["grid"]];
// Room for one node with its name, in CSS pixels: names keep their size on a phone.
const CELL = { width: 150, height: 82 };

/** Put every node into its band, as many beside each other as fit; return the height of all. */
function arrange(graph, width) {
  const beside = Math.max(1, Math.floor(width / CELL.width));
  let row = 0;
  for (const kinds of BANDS) {
    const nodes = kinds.flatMap((kind) => graph.nodes(`.${kind}`).toArray());
    const rows = Math.ceil(nodes.length / beside);
    nodes.forEach((node, place) => {
      const here = Math.floor(place / beside);
      const inRow = here < rows - 1 ? beside : nodes.length - beside * (rows - 1);
      const step = width / inRow;
      node.position({ x: step * ((place % beside) + 0.5), y: (row + here) * CELL.height + 28 });
    });
    row += rows;
  }
  return row * CELL.height;
}

function draw(box) {
  const graph = cytoscape({
    container: box,
    elements: JSON.parse(box.dataset.graph),
    layout: { name: "preset", fit: false },
    // All of it is on the page: a thumb that scrolls the page does not move the picture.
    userPanningEnabled: false,
    userZoomingEnabled: false,
    autoungrabify: true,
    style: [
      { selector: "node", style: { label: "data(label)", "font-size": 14, color: ink, "text-wrap": "wrap", "text-overflow-wrap": "anywhere", "text-max-width": CELL.width - 14, "text-valign": "bottom", "text-margin-y": 4, "text-background-color": paper, "text-background-opacity": 0.9, width: 20, height: 20, "background-color": "#53616a" } },
      ...Object.entries(COLOURS).map(([kind, colour]) => ({ selector: `node.${kind}`, style: { "background-color": colour } })),
      { selector: "node.self", style: { width: 32, height: 32, "font-size": 16, "font-weight": 700, "text-max-width": 300 } },
      { selector: "node.post", style: { shape: "round-rectangle" } },
      { selector: "node.class", style: { shape: "diamond" } },
      { selector: "node.grid", style: { shape: "hexagon" } },
      { selector: "edge", style: { width: 1.25, "line-color": line, "line-opacity": 0.55, "curve-style": "straight" } },
      { selector: "edge.parent", style: { "target-arrow-shape": "triangle", "target-arrow-color": line } },
      { selector: "edge.stand_in", style: { "line-style": "dashed", "line-opacity": 1 } },
    ],
  });
  const place = () => {
    box.style.height = `${arrange(graph, box.clientWidth)}px`;
    graph.resize();
    graph.viewport({ zoom: 1, pan: { x: 0, y: 0 } });
  };
  graph.on("tap", "node[unit]", (event) => {
    const unit = event.target.data("unit");
    if (unit && !event.target.hasClass("self")) location.search = `?unit=${encodeURIComponent(unit)}`;
  });
  addEventListener("resize", place);
  place();
}

document.querySelectorAll("[data-graph]").forEach(draw);
