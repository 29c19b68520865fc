/** Sends the page's form on at once; its button does so where no script runs. */
document.forms[0]?.submit();
