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
    ["Clientes", "/customers"], ["Pedidos retenidos", "/held-orders"], ["Avisos", "/notifications"]];
  document.getElementById("links").replaceChildren(...links.map(([text, path]) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = API + path;
    link.textContent = text;
    item.append(link);
    return item;
  }));
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
