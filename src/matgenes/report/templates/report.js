"use strict";
/* What the page does by itself: draw hoverable plots, sort tables, copy texts, mark the section being read. */

document.querySelectorAll(".hover").forEach((place) => {
  const plot = JSON.parse(place.querySelector("script").textContent);
  place.closest("figure").classList.add("drawn");
  const options = {
    responsive: true, displaylogo: false, showTips: false, showSendToCloud: false, plotlyServerURL: "",
    modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
  };
  if (place.clientWidth < 560) Object.assign(plot.layout.legend, { orientation: "h", y: -0.25 });
  Plotly.newPlot(place, plot.data, plot.layout, options);
});

function sortBy(header) {
  const column = header.cellIndex, body = header.closest("table").tBodies[0];
  const direction = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  const numeric = header.classList.contains("number");
  const key = (row) => row.cells[column].dataset.key;
  const compare = (a, b) => {
    if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
    return direction * (numeric ? Number(a) - Number(b) : a.localeCompare(b, undefined, { numeric: true }));
  };
  header.parentNode.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
  header.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
  body.append(...[...body.rows].sort((a, b) => compare(key(a), key(b))));
}
document.querySelectorAll("thead th button").forEach((button) => {
  button.addEventListener("click", () => sortBy(button.parentNode));
});

document.querySelectorAll(".copy").forEach((button) => {
  button.addEventListener("click", async () => {
    const text = button.nextElementSibling;
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(text);
      button.textContent = "Selected";
    }
  });
});

const reading = new IntersectionObserver((entries) => {
  entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    document.querySelectorAll("nav a").forEach((link) => {
      if (link.hash === "#" + entry.target.id) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
  });
}, { rootMargin: "-10% 0px -80% 0px" });
document.querySelectorAll("main > section, main > header").forEach((part) => reading.observe(part));
