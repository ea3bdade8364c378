/*
 * What the customer's page gains by a script: a message goes without the page
 * being loaded anew, and what happens meanwhile is shown.  All of it works
 * without.  The form itself is never touched while somebody writes in it.
 */
'use strict';

const every = 15000;
let sends = 0; /* what was asked for before one was answered is old */

function part(page, id) {
  const now = document.getElementById(id);
  const next = page.getElementById(id);

  if (now && next && !now.isEqualNode(next)) now.replaceChildren(...next.childNodes);
}

/* The server's own markup, as a document that runs nothing; null: no case's. */
function parsed(text) {
  const page = new DOMParser().parseFromString(text, 'text/html');

  return page.getElementById('write') ? page : null;
}

function show(page, sent) {
  part(page, 'shown');
  part(page, 'over');
  if (sent) {
    part(page, 'notice');
    document.querySelector('input[name=id]').value = page.querySelector('input[name=id]').value;
  }
}

/* What was sent goes; what was written or chosen while it was on its way stays. */
function clear(form, { text, files }) {
  const now = form.elements;

  if (now.text.value.startsWith(text)) now.text.value = now.text.value.slice(text.length);
  if ([...now.files.files].every((f, i) => f === files[i])) now.files.value = '';
}

async function look() {
  const before = sends;

  if (document.hidden) return;
  try {
    const answer = await fetch(location.pathname + '?lang=' + document.documentElement.lang);
    const page = answer.ok && parsed(await answer.text());
    if (page && before === sends) show(page, false);
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
  const { text, files } = form.elements;
  const was = text && { text: text.value, files: [...files.files] };

  event.preventDefault();
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new FormData(form) });
    const page = parsed(await answer.text());
    if (page) {
      sends++;
      show(page, true);
      if (answer.ok && was) clear(form, was);
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
