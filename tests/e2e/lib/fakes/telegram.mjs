// A Telegram bot, as published at core.telegram.org/bots/api (setWebhook's
// secret_token, Update, Message, sendMessage, ResponseParameters) and
// core.telegram.org/bots/webhooks (sample updates).

export const signed = (secret) => ({ 'X-Telegram-Bot-Api-Secret-Token': secret });

let update = 10000;
const from = (id) => ({
  id,
  is_bot: false,
  first_name: 'Lan',
  last_name: 'Trần',
  username: `lan${id}`,
  language_code: 'vi',
});
const message = (id, message_id, what) => ({
  message_id,
  from: from(id),
  chat: { id, first_name: 'Lan', last_name: 'Trần', type: 'private' },
  date: Math.floor(Date.now() / 1000),
  ...what,
});

export const say = (id, message_id, what) =>
  JSON.stringify({ update_id: update++, message: message(id, message_id, what) });

export const edit = (id, message_id, text) =>
  JSON.stringify({
    update_id: update++,
    edited_message: message(id, message_id, {
      edit_date: Math.floor(Date.now() / 1000),
      text,
    }),
  });

export const sent = (id, message_id) => [
  200,
  { ok: true, result: message(id, message_id, { text: '…' }) },
];
const wrong = (error_code, description, parameters) => [
  error_code,
  { ok: false, error_code, description, parameters },
];
export const errors = {
  expired: wrong(401, 'Unauthorized'),
  blocked: wrong(403, 'Forbidden: bot was blocked by the user'),
  limited: wrong(429, 'Too Many Requests: retry after 2', { retry_after: 2 }),
  nobody: wrong(400, 'Bad Request: chat not found'),
};
