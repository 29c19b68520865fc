/** What a form shows of itself where scripts run: the password to who wants to see it, and that it was sent. */
import './show-password.ts';
import './sent-once.ts';
