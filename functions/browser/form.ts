/** What a form does where scripts run: it shows the password to who wants to see it, and that it was sent; and says what the device can. */
import './makes-passkeys.ts';
import './show-password.ts';
import './sent-once.ts';
