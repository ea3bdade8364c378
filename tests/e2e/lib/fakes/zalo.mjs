// A Zalo Official Account, as published at developers.zalo.me/docs (Official
// Account: webhook events, the signature "mac" = sha256(appId + data +
// timeStamp + OAsecretKey), v3.0 oa/message/cs, the table of error codes).
import { createHash } from 'node:crypto';

export const app = '360846524940903967';
export const oa = '388613280878808645';

export const signed = (body, secret, at = JSON.parse(body).timestamp) => ({
  'X-ZEvent-Signature': `mac=${createHash('sha256')
    .update(`${JSON.parse(body).app_id}${body}${at}${secret}`)
    .digest('hex')}`,
});

export const event = (name, user, message, more = {}) =>
  JSON.stringify({
    app_id: app,
    user_id_by_app: '552177279717587730',
    event_name: name,
    timestamp: String(Date.now()),
    sender: { id: user },
    recipient: { id: oa },
    message,
    ...more,
  });

export const text = (user, id, said, more) =>
  event('user_send_text', user, { msg_id: id, text: said }, more);

export const image = (user, id, url) =>
  event('user_send_image', user, {
    msg_id: id,
    attachments: [{ payload: { thumbnail: `${url}?t`, url }, type: 'image' }],
  });

export const sticker = (user, id) =>
  event('user_send_sticker', user, {
    msg_id: id,
    attachments: [{ payload: { id: '3131', url: 'https://zalo-api.zadn.vn/sticker?eid=3131' }, type: 'sticker' }],
  });

export const seen = (user, ...ids) => event('user_seen_message', user, { msg_ids: ids });
export const received = (user, id) => event('user_received_message', user, { msg_id: id });

// Answers of oa/message/cs: always 200, the error stands in the body.
export const sent = (user, id) => [
  200,
  { error: 0, message: 'Success', data: { message_id: id, user_id: user } },
];
const wrong = (error, message) => [200, { error, message }];
export const errors = {
  expired: wrong(-216, 'Access token is invalid'),
  closed: wrong(-230, 'User has not interacted with the OA in the past 7 days'),
  blocked: wrong(-213, 'User has not followed OA'),
  limited: wrong(-32, 'Rate limit exceeded'),
};
