/** The page's own icons, drawn on a 24 by 24 grid. */

import { svg } from "./dom.js";

const PATHS = {
  hash: ["M10 4 8 20", "M16 4l-2 16", "M4.5 9h15", "M4 15h15"],
  home: ["M4 11.5 12 5l8 6.5", "M6 10v9h12v-9", "M10 19v-5h4v5"],
  message: ["M4 6h16v11H10l-4 3v-3H4z"],
  bolt: ["M13 3 5 14h6l-1 7 8-11h-6z"],
  send: ["M4 12 20 4l-5 16-3.5-6.5z", "M11.5 13.5 20 4"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  back: ["M14 6l-6 6 6 6", "M8 12h12"],
  chevron: ["M7 10l5 5 5-5"],
  right: ["M10 7l5 5-5 5"],
  menu: ["M4 7h16", "M4 12h16", "M4 17h16"],
  more: ["M6 12h.01", "M12 12h.01", "M18 12h.01"],
  reply: ["M10 8 5 12.5 10 17", "M5 12.5h9a5 5 0 0 1 5 5V19"],
  eye: ["M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6z", "M12 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4"],
  activity: ["M3 12h4l3-7 4 14 3-7h4"],
  file: ["M6 3h8l4 4v14H6z", "M14 3v4h4"],
  download: ["M12 4v11", "M7.5 11 12 15.5 16.5 11", "M5 20h14"],
  image: ["M4 5h16v14H4z", "M4 16l5-5 4 4 2-2 5 5", "M15 9h.01"],
  check: ["M5 12.5 10 17 19 7"],
  info: ["M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18", "M12 11v5", "M12 8h.01"],
  warning: ["M12 4 2.5 20h19z", "M12 10v4", "M12 17h.01"],
  arrow: ["M12 5v14", "M6 13l6 6 6-6"],
  ticket: ["M4 7h16v3.2a2 2 0 0 0 0 3.6V17H4v-3.2a2 2 0 0 0 0-3.6z", "M14 7v10"],
  compass: ["M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18", "M15.5 8.5l-2 5-5 2 2-5z"],
};

/** An icon; it says nothing to screen readers, its button does. */
export function icon(name, size = 18) {
  const drawing = (PATHS[name] ?? PATHS.info).map((d) => svg("path", { d }));
  return svg(
    "svg",
    {
      class: `icon icon-${name}`,
      viewBox: "0 0 24 24",
      width: size,
      height: size,
      "aria-hidden": "true",
    },
    drawing,
  );
}
