// Reads and changes JSON files of the project for runtime.sh. This file is the same for every plan.
//
//   probe STEP         exits with 0 where what the step makes is absent, with 10 where it is there as planned, else 2
//   edit STEP          makes the step's changes; the file is replaced whole, and only when something changes (else 10)
//   changes STEP       prints the step's changes
//   fill STEP FROM TO  copies a text with each ${NAME} of the step replaced by the environment's value (10: as it was)
//   find NAME          prints the run-time value NAME, from the JSON on standard input
//   version FILE       prints the version of a project's file, where it has one
//   values             prints the values that a deploy needs and does not have: lines "NAME secret|text"
//
// What a step makes, changes and needs is in plan.json beside this file.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const stop = (text) => {
  process.stderr.write(`${text}\n`);
  process.exit(2);
};
const read = (file) => {
  let text;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    return stop(`${file} cannot be read: ${error.message}`);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    return stop(`${file} is not valid JSON: ${error.message}`);
  }
};
const write = (file, text) => {
  const target = fs.existsSync(file) ? fs.realpathSync(file) : path.resolve(file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  const mode = fs.existsSync(target) ? fs.statSync(target).mode & 0o777 : 0o644;
  try {
    fs.writeFileSync(temporary, text, { mode });
    fs.renameSync(temporary, target);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    stop(`${file} cannot be written: ${error.message}`);
  }
};
const plan = read(fileURLToPath(new URL("plan.json", import.meta.url))) ?? stop("plan.json is missing beside runtime.mjs");
const stepOf = (id) => plan.steps.find((step) => step.id === id) ?? stop(`plan.json has no step ${id}`);
const isText = (value) => typeof value === "string" && value !== "";
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const fits = (entry, step) => isObject(entry) && Object.entries(step).every(([key, value]) => entry[key] === value);
// Run-time values in a plan's texts are written ${NAME}; the environment has them, or they are not known yet.
const MARKER = /\$\{([A-Z][A-Z0-9_]*)\}/;
const filled = (value) => {
  if (typeof value === "string") return value.replace(new RegExp(MARKER, "g"), (whole, name) => process.env[name] ?? whole);
  if (Array.isArray(value)) return value.map(filled);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
};
const at = (document, place) =>
  place.reduce((value, step) => {
    if (value === undefined || value === null) return undefined;
    if (isObject(step)) return Array.isArray(value) ? value.find((entry) => fits(entry, step)) : undefined;
    return Object.hasOwn(Object(value), step) ? value[step] : undefined;
  }, document);
const spell = (place) =>
  place.reduce((text, step) => text + (isObject(step) ? `[${Object.values(step).join(", ")}]` : `${text && "."}${step}`), "");

// What of `wanted` does not stand in `actual`; more may stand there.
const differences = (wanted, actual, where) => {
  if (isObject(wanted) && isObject(actual))
    return Object.entries(wanted).flatMap(([key, value]) => differences(value, actual[key], `${where}.${key}`));
  const same = JSON.stringify(wanted) === JSON.stringify(actual) || (isText(actual) && MARKER.test(wanted));
  return same ? [] : [`${where} is ${JSON.stringify(actual) ?? "not there"}, the plan says ${JSON.stringify(wanted)}`];
};

const verbs = {
  probe(id) {
    let first;
    for (const entries of plan.script?.probes?.[id] ?? []) {
      if (at(read(entries[0].file), entries[0].at) === undefined) return process.exit(0);
      const found = entries.flatMap((entry) => differences(filled(entry.value), at(read(entry.file), entry.at), spell(entry.at)));
      if (found.length === 0) return process.exit(10);
      first ??= found;
    }
    if (first) stop(first.map((line) => `  ${line}`).join("\n"));
  },
  changes(id) {
    process.stdout.write(`${JSON.stringify(stepOf(id).edit.changes)}\n`);
  },
  edit(id) {
    const { file, changes } = stepOf(id).edit;
    const document = read(file);
    if (!isObject(document)) return stop(`${file} is not there, or holds no object`);
    const before = JSON.stringify(document);
    for (const { at: place, value } of filled(changes)) {
      const unknown = MARKER.exec(JSON.stringify(value));
      if (unknown) return stop(`${file}: the value of ${unknown[1]} is not known`);
      const last = place[place.length - 1];
      let parent = document;
      for (const [index, step] of place.slice(0, -1).entries()) {
        const next = at(parent, [step]);
        if (next === undefined && isObject(step)) return stop(`${file}: ${spell(place.slice(0, index + 1))} is not there`);
        if (next === undefined) parent[step] = isObject(place[index + 1]) ? [] : {};
        parent = next ?? parent[step];
      }
      const present = at(parent, [last]);
      if (!isObject(last)) {
        parent[last] = value;
      } else if (present === undefined) {
        if (!Array.isArray(parent)) return stop(`${file}: ${spell(place.slice(0, -1))} is not a list`);
        parent.push(value);
      } else {
        const found = differences(value, present, spell(place));
        if (found.length > 0) return stop(`${file}: this name is taken:\n${found.map((line) => `  ${line}`).join("\n")}`);
      }
    }
    if (JSON.stringify(document) === before) return process.exit(10);
    return write(file, `${JSON.stringify(document, null, 2)}\n`);
  },
  find(name) {
    const places = plan.steps.flatMap((step) => step.inputs ?? []).find((input) => input.name === name)?.find ?? [];
    let document;
    try {
      document = JSON.parse(fs.readFileSync(0, "utf8"));
    } catch {
      return process.exit(1);
    }
    const search = (value, place) => {
      if (place.length === 0) return typeof value === "string" && value ? value : undefined;
      if (place[0] !== "*") return search(at(value, [place[0]]), place.slice(1));
      return Object.values(Object(value)).map((inner) => search(inner, place.slice(1))).find(Boolean);
    };
    const found = places.map((place) => search(document, place)).find(Boolean);
    if (!found) return process.exit(1);
    return process.stdout.write(`${found}\n`);
  },
  fill(id, from, to) {
    const names = (stepOf(id).inputs ?? []).filter((input) => input.kind !== "secret").map((input) => input.name);
    let text;
    try {
      text = fs.readFileSync(from, "utf8");
    } catch (error) {
      return stop(`${from} cannot be read: ${error.message}`);
    }
    for (const name of names.filter((one) => text.includes(`\${${one}}`))) {
      const value = process.env[name] || stop(`${from}: the value of ${name} is not known`);
      text = text.split(`\${${name}}`).join(value);
    }
    if (fs.existsSync(to) && fs.readFileSync(to, "utf8") === text) return process.exit(10);
    return write(to, text);
  },
  version(file) {
    const found = at(read(file), ["version"]);
    if (Number.isInteger(found)) process.stdout.write(`${found}\n`);
  },
  values() {
    const spec = plan.script?.values;
    if (!spec) return;
    const lines = fs.existsSync(spec.variables_file) ? fs.readFileSync(spec.variables_file, "utf8").split("\n") : [];
    const stored = new Set(lines.map((line) => /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*\S/.exec(line)?.[1]));
    const members = (value, place) => {
      if (place.length === 0) return Object.keys(Object(value));
      const inner = place[0] === "*" ? Object.values(Object(value)) : [at(value, [place[0]])];
      return inner.flatMap((entry) => members(entry, place.slice(1)));
    };
    const deployed = new Set(members(read(spec.state_file), spec.state_list));
    const entries = (read(spec.project_file)?.[spec.list] ?? []).filter((entry) => spec.by_kind[entry[spec.kind]]);
    const wanted = entries.flatMap((entry) =>
      spec.by_kind[entry[spec.kind]].map(({ suffix, secret }) => ({
        name: `${spec.prefix}${entry.name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}${suffix}`,
        secret,
      })),
    );
    const has = ({ name }) => Boolean(process.env[name]) || stored.has(name);
    // A deploy without any value leaves every deployed provider as it is.
    if (!wanted.some(has) && entries.every((entry) => deployed.has(entry.name))) return;
    for (const one of wanted.filter((value) => !has(value)))
      process.stdout.write(`${one.name} ${one.secret ? "secret" : "text"}\n`);
  },
};
const [verb, ...rest] = process.argv.slice(2);
verbs[verb](...rest);
