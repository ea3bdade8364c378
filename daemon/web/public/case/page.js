/*
 * What the customer's page gains by a script: a message goes without the page
 * being loaded anew, and what happens meanwhile is shown.  All of it works
 * without.  The form itself is never touched while somebody writes in it.
 */
'use strict';

const every = 15000;

function part(page, id) {
  const now = document.getElementById(id);
  const next = page.getElementById(id);

  if (now && next && !now.isEqualNode(next)) now.replaceChildren(...next.childNodes);
}

/* The server's own markup, parsed as a document that runs nothing. */
async function show(answer, sent) {
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, 'text/html');

  if (!page.getElementById('write')) return false;
  part(page, 'shown');
  part(page, 'over');
  if (sent) {
    part(page, 'notice');
    document.querySelector('input[name=id]').value = page.querySelector('input[name=id]').value;
  }
  return true;
}

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.pathname + '?lang=' + document.documentElement.lang);
    if (answer.ok) await show(answer, false);
  } catch {
    /* Not to be reached now: the next look may do. */
  }
}

/* It stays as it was written, under the same id: sent again it is kept once. */
function lost() {
  const words = document.getElementById('lost').content.cloneNode(true);

  document.getElementById('notice').replaceChildren(words);
}

async function send(event) {
  const form = event.target.closest('form');
  const button = form.querySelector('button');

  event.preventDefault();
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new FormData(form) });
    if (await show(answer, true)) {
      if (answer.ok && form.classList.contains('write')) form.reset();
    } else if (answer.status === 404) form.submit(); /* the link has ended: say so */
    else lost();
  } catch {
    lost();
  }
  button.removeAttribute('aria-disabled');
}

document.addEventListener('submit', (event) => {
  if (event.target.matches('form')) send(event);
});
if (document.getElementById('shown')) setInterval(look, every);
