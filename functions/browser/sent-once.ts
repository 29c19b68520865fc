/** A form is sent once: its button says that it works, and a second click does nothing. */
for (const form of document.forms) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent !== undefined) return event.preventDefault();
    form.dataset.sent = '';
    // Not disabled: a form does not send the name of a button that is.
    event.submitter?.setAttribute('aria-busy', 'true');
  });
}

// "Back" may show the page as it was left.
addEventListener('pageshow', () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
  }
});
