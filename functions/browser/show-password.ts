/** Shows what was typed, to who wants to see it; hidden again when it is sent, so that no browser keeps it as text. */
for (const button of document.querySelectorAll<HTMLButtonElement>('button[aria-controls][aria-pressed]')) {
  const field = document.getElementById(button.getAttribute('aria-controls') ?? '');
  if (!(field instanceof HTMLInputElement)) continue;
  const show = (shown: boolean) => {
    field.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  };
  button.hidden = false;
  button.addEventListener('click', () => show(field.type === 'password'));
  field.form?.addEventListener('submit', () => show(false));
}
