"use strict";

const API = "/api/v1";
const show = (id, text) => { document.getElementById(id).textContent = text; };

async function asked(path, options = {}) {
  const answer = await fetch(path, { headers: { "Content-Type": "application/json" }, ...options });
  const body = answer.status === 204 ? null : await answer.json();
  return { ok: answer.ok, body };
}

async function running() {
  try {
    const { ok } = await asked("/health/ready");
    show("ready", ok ? "La puerta de entrada está lista." : "La puerta de entrada aún espera algo.");
  } catch {
    show("ready", "No hay respuesta.");
  }
}

function signedIn(me) {
  document.getElementById("sign-in").hidden = Boolean(me);
  document.getElementById("me").hidden = !me;
  if (!me) return;
  show("who", `${me.name} (${me.roles.join(", ")}) · ${me.units.length} unidades a la vista`);
  const links = [["Mi día", "/views/day"], ["Tablero de gerencia", "/views/cockpit"],
    ["Escritorio de cobranza", "/views/desk"], ["Por cobrar, en orden", "/worklist"],
    ["Por autorizar", "/approvals"], ["Clientes", "/customers"],
    ["Pedidos retenidos", "/held-orders"], ["Avisos", "/notifications"]];
  document.getElementById("links").replaceChildren(...links.map(linked));
  papers();
}

function linked([text, path]) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = API + path;
  link.textContent = text;
  item.append(link);
  return item;
}

async function papers() {
  const [work, letters] = await Promise.all(
    ["/worklist?limit=1", "/dunning-letters?limit=1"].map((path) => asked(API + path)));
  const [first] = work.ok ? work.body.items : [];
  const [letter] = letters.ok ? letters.body.items : [];
  const pdf = "format=pdf";
  const month = new Date().toISOString().slice(0, 7);
  const links = [];
  if (first) {
    const of = `/customers/${first.customer}`;
    links.push([`Estado de cuenta de ${first.customer_name} (PDF)`, `${of}/statement?${pdf}`]);
    links.push([`Expediente de crédito de ${first.customer_name} (PDF)`, `${of}/credit/file?${pdf}`]);
  }
  if (first?.rep) links.push([`Cuentas de ${first.rep_name} este mes (PDF)`,
    `/people/${first.rep}/account-feedback?month=${month}&${pdf}`]);
  if (letter) links.push([`Carta de cobranza a ${letter.customer_name} (PDF)`,
    `/dunning-letters/${letter.letter}?${pdf}`]);
  document.getElementById("links").append(...links.map(linked));
}

document.getElementById("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  const { ok, body } = await asked(`${API}/sessions`, { method: "POST", body: JSON.stringify(fields) });
  show("no", ok ? "" : body.detail);
  if (ok) signedIn(body);
});

document.getElementById("sign-out").addEventListener("click", async () => {
  await asked(`${API}/sessions/current`, { method: "DELETE" });
  signedIn(null);
});

running();
asked(`${API}/me`).then(({ ok, body }) => signedIn(ok ? body : null));
