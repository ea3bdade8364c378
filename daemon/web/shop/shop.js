// The shop's own button opens the chat, once the widget is there.
document.getElementById('ask').addEventListener('click', () => {
  if (window.deskd) window.deskd.open();
  else document.addEventListener('deskd:ready', () => window.deskd.open(), { once: true });
});
