/** Times as the persona's own clock shows them, and Slack's date formats. */

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  }
  return formats.get(key);
}

function parts(unix, zone) {
  const shape = {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  };
  const found = format(zone, shape).formatToParts(new Date(unix * 1000));
  return Object.fromEntries(found.map((part) => [part.type, part.value]));
}

/** "2026-11-23" in that zone. */
export function day(unix, zone) {
  const { year, month, day: date } = parts(unix, zone);
  return `${year}-${month}-${date}`;
}

/** "09:05" in that zone. */
export function clock(unix, zone) {
  const { hour, minute } = parts(unix, zone);
  return `${hour}:${minute}`;
}

/** What a datetime-local input shows for a moment. */
export function toLocal(unix, zone) {
  return `${day(unix, zone)}T${clock(unix, zone)}`;
}

/** The moment of a wall clock time; in the hour that a clock change skips, the one after it. */
export function toUnix(local, zone) {
  const [date, time] = local.split("T");
  const wanted = Date.parse(`${date}T${time.slice(0, 5)}:00Z`) / 1000;
  const first = wanted - offset(wanted, zone);
  const second = wanted - offset(first, zone);
  return toLocal(second, zone) === local.slice(0, 16) ? second : Math.max(first, second);
}

function offset(unix, zone) {
  const now = parts(unix, zone);
  const wall = `${now.year}-${now.month}-${now.day}T${now.hour}:${now.minute}:${now.second}Z`;
  return Date.parse(wall) / 1000 - unix;
}

/** "Today", "Yesterday" or "Monday, 23 November". */
export function dayName(unix, zone) {
  const near = relative(unix, zone);
  if (near) return near[0].toUpperCase() + near.slice(1);
  return format(zone, { weekday: "long", day: "numeric", month: "long" }).format(unix * 1000);
}

function relative(unix, zone) {
  const now = Date.now() / 1000;
  const names = { 0: "today", "-1": "yesterday", 1: "tomorrow" };
  for (const [shift, name] of Object.entries(names)) {
    if (day(unix, zone) === day(now + Number(shift) * 86400, zone)) return name;
  }
  return null;
}

function ago(unix) {
  const seconds = Math.round(unix - Date.now() / 1000);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const steps = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const step = steps.find(([, size]) => Math.abs(seconds) >= size);
  return step ? words.format(Math.trunc(seconds / step[1]), step[0]) : "just now";
}

const SHORT = { day: "numeric", month: "short", year: "numeric" };
const PLAIN = { day: "numeric", month: "long", year: "numeric" };
const LONG = { weekday: "long", ...PLAIN };

/** The tokens of `<!date^…^…|…>`. */
export function slackDate(unix, pattern, zone) {
  const write = (options) => format(zone, options).format(unix * 1000);
  const tokens = {
    date_num: () => day(unix, zone),
    date: () => write(PLAIN),
    date_short: () => write(SHORT),
    date_long: () => write(LONG),
    date_pretty: () => relative(unix, zone) ?? write(PLAIN),
    date_short_pretty: () => relative(unix, zone) ?? write(SHORT),
    date_long_pretty: () => relative(unix, zone) ?? write(LONG),
    day_divider_pretty: () => relative(unix, zone) ?? write(LONG),
    date_long_full: () => write(LONG),
    time: () => clock(unix, zone),
    time_secs: () => write({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    ago: () => ago(unix),
  };
  const text = pattern.replace(/\{(\w+)\}/g, (all, name) => (tokens[name] ? tokens[name]() : all));
  return text && text[0].toUpperCase() + text.slice(1);
}

/** The whole moment, for tooltips. */
export function full(unix, zone) {
  return `${slackDate(unix, "{date_long} {time_secs}", zone)} (${zone})`;
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1000).toFixed(bytes < 1e4 ? 1 : 0)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
