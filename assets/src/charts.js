// Charts of the supervisors' rates: claimed beside confirmed, with the interval of the latter.
// The table below each says the same in words and numbers.

import { BarChart, CustomChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, CustomChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const percent = (share) => `${(share * 100).toFixed(1)}%`;

// A whisker from the lower to the upper end of an interval, over the second of two bars.
function whisker(params, api) {
  const [x, low] = api.coord([api.value(0), api.value(1)]);
  const high = api.coord([api.value(0), api.value(2)])[1];
  const at = x + api.size([1, 0])[0] * 0.15;
  const style = { stroke: api.visual("color"), lineWidth: 1.5 };
  const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
  return { type: "group", children: [line(at, low, at, high), line(at - 4, low, at + 4, low), line(at - 4, high, at + 4, high)] };
}

function draw(box) {
  const rows = JSON.parse(box.dataset.chart);
  const { claimed, confirmed } = box.dataset;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const ink = dark ? "#e8eef0" : "#14272c";
  const chart = init(box, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    textStyle: { color: ink, fontFamily: getComputedStyle(document.body).fontFamily },
    legend: { data: [claimed, confirmed], textStyle: { color: ink }, top: 0 },
    grid: { left: 48, right: 8, top: 36, bottom: rows.length > 4 ? 96 : 32 },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      formatter: ([first]) => {
        const row = rows[first.dataIndex];
        return `${row.name} (n=${row.n})\n${claimed} ${percent(row.claimed)}\n${confirmed} ${percent(row.confirmed)} [${row.interval.map(percent).join(" – ")}]`;
      },
    },
    xAxis: { type: "category", data: rows.map((row) => row.name), axisLabel: { color: ink, interval: 0, rotate: rows.length > 4 ? 40 : 0, width: 96, overflow: "truncate" } },
    yAxis: { type: "value", min: 0, max: 1, axisLabel: { color: ink, formatter: (share) => `${Math.round(share * 100)}%` } },
    series: [
      { name: claimed, type: "bar", data: rows.map((row) => row.claimed), itemStyle: { color: dark ? "#5c7b83" : "#b7cdd3" } },
      { name: confirmed, type: "bar", data: rows.map((row) => row.confirmed), itemStyle: { color: dark ? "#4fb3c6" : "#0b5563" } },
      { type: "custom", renderItem: whisker, silent: true, z: 3, itemStyle: { color: ink }, data: rows.map((row, at) => [at, ...row.interval]) },
    ],
  });
  addEventListener("resize", () => chart.resize());
}

document.querySelectorAll("[data-chart]").forEach(draw);
