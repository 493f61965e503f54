'use strict';

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const byId = (id) => document.getElementById(id);
let api;

/** make('p.quiet', 'text', child …): an element with its classes and children. Texts are never read as HTML. */
function make(what, ...children) {
  const [tag, ...classes] = what.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Paragraphs with `code` and **bold**, which is all that the descriptions use. */
function prose(text) {
  const block = make('div');
  for (const paragraph of (text || '').split(/\n\n+/)) {
    const p = make('p');
    for (const part of paragraph.split(/(`[^`]+`|\*\*[^*]+\*\*)/)) {
      if (part.startsWith('`')) p.append(make('code', part.slice(1, -1)));
      else if (part.startsWith('**')) p.append(make('strong', part.slice(2, -2)));
      else p.append(part);
    }
    block.append(p);
  }
  return block;
}

function resolve(schema) {
  if (!schema || !schema.$ref) return schema || {};
  const name = schema.$ref.split('/').pop();
  return { ...api.components.schemas[name], name, ...(schema.description ? { description: schema.description } : {}) };
}

/** The schema without the choice of null, which optional members of requests have. */
function plain(schema) {
  const known = resolve(schema);
  if (!known.anyOf) return known;
  const some = known.anyOf.find((one) => one.type !== 'null') || {};
  return { ...resolve(some), description: known.description };
}

function limits(schema) {
  const out = [];
  if (schema.minimum !== undefined || schema.maximum !== undefined) out.push(`${schema.minimum ?? ''} … ${schema.maximum ?? ''}`);
  if (schema.minLength || schema.maxLength) out.push(`${schema.minLength ?? 0} … ${schema.maxLength ?? ''} characters`);
  if (schema.minItems || schema.maxItems) out.push(`${schema.minItems ?? 0} … ${schema.maxItems ?? ''} items`);
  if (schema.enum) out.push(schema.enum.join(' | '));
  if (schema.default !== undefined) out.push(`default ${JSON.stringify(schema.default)}`);
  return out.join(', ');
}

function typeName(schema) {
  const known = plain(schema);
  if (known.type === 'array') return `[${typeName(known.items)}]`;
  if (known.additionalProperties && typeof known.additionalProperties === 'object') {
    return `{string: ${typeName(known.additionalProperties)}}`;
  }
  return known.name || (known.format ? `${known.type} (${known.format})` : String(known.type || 'anything'));
}

/** What a reader finds below a member: the members of the struct that it is, holds or lists. */
function inner(schema) {
  const known = plain(schema);
  if (known.type === 'array') return inner(known.items);
  if (known.additionalProperties && typeof known.additionalProperties === 'object') return inner(known.additionalProperties);
  return known.properties ? known : null;
}

function shape(schema, above = []) {
  const known = inner(schema);
  const list = make('ul.shape');
  if (!known) {
    list.append(make('li', make('span.type', typeName(schema))));
    return list;
  }
  for (const [name, member] of Object.entries(known.properties)) {
    const item = make('li', make('code', name), ' ', make('span.type', typeName(member)));
    if ((known.required || []).includes(name)) item.append(' ', make('span.must', 'required'));
    const about = [plain(member).description || member.description, limits(plain(member))].filter(Boolean).join(' · ');
    if (about) item.append(' ', make('span.quiet', about));
    const below = inner(member);
    if (below && !above.includes(below.name)) item.append(shape(member, [...above, known.name, below.name]));
    list.append(item);
  }
  return list;
}

function example(schema, depth = 0) {
  const known = plain(schema);
  if (known.example !== undefined) return known.example;
  if (known.default !== undefined) return known.default;
  if (known.enum) return known.enum[0];
  if (depth > 6) return null;
  if (known.type === 'array') return [example(known.items, depth + 1)];
  if (known.properties) {
    const required = known.required || Object.keys(known.properties);
    return Object.fromEntries(required.map((name) => [name, example(known.properties[name], depth + 1)]));
  }
  if (known.type === 'integer' || known.type === 'number') return known.minimum ?? 1;
  if (known.type === 'boolean') return true;
  if (known.format === 'email') return 'ada@example.com';
  if (known.format === 'date-time') return new Date().toISOString();
  const prefix = /^\^([a-z]{3})_\[/.exec(known.pattern || '');
  if (prefix) return `${prefix[1]}_…`;
  if (known.pattern === '^[A-Z]{3}$') return 'EUR';
  if (known.pattern === '^[A-Z]{2}$') return 'DE';
  return known.type === 'object' ? {} : 'text';
}

function quote(text) {
  return `'${String(text).replaceAll("'", "'\\''")}'`;
}

/** What is to be sent, from what stands in the form of an operation. */
function request(operation, inputs, body) {
  let path = operation.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const { parameter, input } of inputs) {
    const value = input.value;
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, value ? encodeURIComponent(value) : `{${parameter.name}}`);
    if (parameter.in === 'query' && value) query.set(parameter.name, value);
    if (parameter.in === 'header' && value) headers[parameter.name] = value;
  }
  const schemes = (operation.security || []).flatMap(Object.keys);
  if (schemes.includes('key')) headers.Authorization = `Bearer ${byId('key').value || '$KEY'}`;
  if (schemes.some((name) => name.endsWith('Secret'))) headers['Shopflow-Secret'] = byId('secret').value || '$SECRET';
  if (body) headers['Content-Type'] = 'application/json';
  const target = path + (query.size ? `?${query}` : '');
  return { target, headers, body: body ? body.value : undefined };
}

function curl(operation, made) {
  const parts = [`curl -sS${operation.method === 'get' ? '' : ` -X ${operation.method.toUpperCase()}`} ${quote(location.origin + made.target)}`];
  for (const [name, value] of Object.entries(made.headers)) {
    parts.push(`-H ${value.includes('$') ? `"${name}: ${value}"` : quote(`${name}: ${value}`)}`);
  }
  if (made.body) parts.push(`-d ${quote(made.body)}`);
  return parts.join(' \\\n  ');
}

async function send(operation, made, out) {
  out.hidden = false;
  out.textContent = '…';
  try {
    const answer = await fetch(made.target, { method: operation.method.toUpperCase(), headers: made.headers, body: made.body });
    const text = await answer.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it came */ }
    out.textContent = `${answer.status} ${answer.statusText}\n\n${shown}`.slice(0, 100000);
  } catch (problem) {
    out.textContent = String(problem);
  }
}

function parameters(operation, inputs) {
  const table = make('table');
  for (const parameter of operation.parameters || []) {
    const input = make('input');
    input.placeholder = limits(parameter.schema) || typeName(parameter.schema);
    input.setAttribute('aria-label', parameter.name);
    if (parameter.name === 'Idempotency-Key' && parameter.required) input.value = `try-${Math.random().toString(36).slice(2, 12)}`;
    inputs.push({ parameter, input });
    table.append(make('tr',
      make('td', make('code', parameter.name), parameter.required ? make('div.must', 'required') : null),
      make('td', parameter.description || '', make('div.quiet', `${parameter.in} · ${typeName(parameter.schema)}`)),
      make('td', input)));
  }
  return table;
}

function responses(operation) {
  const block = make('div');
  const errors = make('table');
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (answer.$ref) {
      // The same for every operation, so that its first sentence is enough here.
      const all = api.components.responses[answer.$ref.split('/').pop()];
      errors.append(make('tr', make('td', 'other'), make('td'), make('td', all.description.split('\n\n')[0])));
      continue;
    }
    const content = answer.content || {};
    if (status < 400) {
      block.append(make('h4', `Answer ${status}`));
      const schema = content['application/json']?.schema;
      block.append(schema ? shape(schema) : make('p.quiet', Object.keys(content)[0] || answer.description));
      continue;
    }
    const lines = answer.description.split('\n\n').slice(1).map((line) => line.match(/^`([^`]+)`: (.*)$/) || [line, '', line]);
    for (const [, code, title] of lines) errors.append(make('tr', make('td', status), make('td', make('code', code)), make('td', title)));
  }
  block.append(make('h4', 'Errors'), errors);
  return block;
}

function tryOut(operation, inputs, body) {
  const line = make('pre');
  const out = make('pre');
  out.hidden = true;
  const refresh = () => { line.textContent = curl(operation, request(operation, inputs, body)); };
  const copy = make('button', 'Copy');
  copy.onclick = async () => {
    await navigator.clipboard.writeText(line.textContent);
    copy.textContent = 'Copied';
    setTimeout(() => { copy.textContent = 'Copy'; }, 1200);
  };
  const go = make('button.primary', 'Send');
  go.onclick = () => send(operation, request(operation, inputs, body), out);
  for (const input of [...inputs.map((one) => one.input), body, byId('key'), byId('secret')]) input?.addEventListener('input', refresh);
  refresh();
  return make('div', make('h4', 'Try it'), line, make('div.row', copy, go), out);
}

function fill(operation, inside) {
  const inputs = [];
  const [who, repeats] = (operation.description || '').split('. ');
  inside.append(make('div.badges', make('span.badge', who), make('span.badge', (repeats || '').replace(/\.$/, ''))));
  if (operation.parameters) inside.append(make('h4', 'Parameters'), parameters(operation, inputs));
  let body = null;
  const schema = operation.requestBody?.content?.['application/json']?.schema;
  if (schema) {
    body = make('textarea');
    body.spellcheck = false;
    body.setAttribute('aria-label', 'Body');
    body.value = JSON.stringify(example(schema), null, 2);
    inside.append(make('h4', 'Body'), shape(schema), body);
  }
  inside.append(tryOut(operation, inputs, body), responses(operation));
}

function card(operation) {
  const inside = make('div.inside');
  const element = make('details.operation',
    make('summary', make(`span.verb.${operation.method}`, operation.method.toUpperCase()), make('code', operation.path),
      make('span.what', operation.summary)),
    inside);
  element.id = operation.operationId;
  element.addEventListener('toggle', () => {
    if (element.open && !inside.hasChildNodes()) fill(operation, inside);
  });
  return element;
}

function openFromAddress() {
  const element = byId(decodeURIComponent(location.hash.slice(1)));
  if (element?.tagName !== 'DETAILS') return;
  element.open = true;
  element.scrollIntoView();
}

function filter() {
  const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const part of document.querySelectorAll('[data-words]')) {
    part.hidden = !words.every((word) => part.dataset.words.includes(word));
  }
  for (const group of document.querySelectorAll('[data-group]')) {
    group.hidden = !group.querySelector('[data-words]:not([hidden])');
  }
}

function render() {
  document.title = api.info.title;
  byId('title').textContent = api.info.title;
  byId('version').textContent = `Version ${api.info.version} · OpenAPI ${api.openapi}`;
  byId('intro').append(prose(api.info.description));
  const all = Object.entries(api.paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => ({ ...item[method], method, path })));
  const groups = api.tags.map((tag) => [tag.name, all.filter((one) => one.tags.includes(tag.name))]);
  byId('operations').replaceChildren();
  for (const [name, operations] of groups) {
    const section = make('section', make('h2.group', name));
    const links = make('div', make('h2', name));
    for (const one of operations) {
      const words = JSON.stringify([one.method, one.path, one.summary, name, one.responses]).toLowerCase();
      const element = card(one);
      const link = make('a', make(`span.verb.${one.method}`, one.method === 'delete' ? 'DEL' : one.method.toUpperCase()),
        make('span', one.summary));
      link.href = `#${one.operationId}`;
      link.title = one.path;
      for (const part of [element, link]) part.dataset.words = words;
      section.append(element);
      links.append(link);
    }
    for (const part of [section, links]) part.dataset.group = name;
    byId('operations').append(section);
    byId('nav').append(links);
  }
}

byId('search').addEventListener('input', filter);
window.addEventListener('hashchange', openFromAddress);
fetch('/openapi.json')
  .then((answer) => answer.json())
  .then((document) => { api = document; render(); openFromAddress(); })
  .catch((problem) => { byId('operations').replaceChildren(make('p', `The description could not be read: ${problem}`)); });
