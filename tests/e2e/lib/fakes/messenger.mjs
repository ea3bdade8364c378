// Facebook Messenger and a page's feed, as published:
//   developers.facebook.com/docs/messenger-platform/webhook (handshake, format)
//   …/reference/webhook-events/{messages,message-echoes,message-deliveries,
//     message-reads,messaging_postbacks}
//   developers.facebook.com/docs/graph-api/webhooks/getting-started (the
//     signature: HMAC-SHA256 of the body under the app's secret)
//   developers.facebook.com/docs/graph-api/webhooks/reference/page (feed, ratings)
//   developers.facebook.com/docs/messenger-platform/reference/send-api,
//     …/send-api/error-codes
import { createHmac } from 'node:crypto';

export const page = '1093456780';

export const signed = (body, secret) => ({
  'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});

// One post with the entries of one page.
export const post = (...messaging) =>
  JSON.stringify({
    object: 'page',
    entry: [{ id: page, time: Date.now(), messaging }],
  });

const between = (psid) => ({
  sender: { id: psid },
  recipient: { id: page },
  timestamp: Date.now(),
});

export const text = (psid, mid, said, more = {}) => ({
  ...between(psid),
  message: { mid, text: said, ...more },
});

export const image = (psid, mid, url) => ({
  ...between(psid),
  message: { mid, attachments: [{ type: 'image', payload: { url } }] },
});

export const sticker = (psid, mid) => ({
  ...between(psid),
  message: {
    mid,
    attachments: [
      {
        type: 'image',
        payload: {
          url: 'https://scontent.xx.fbcdn.net/t39.1997-6/39178562_n.png',
          sticker_id: 369239263222822,
        },
      },
    ],
  },
});

export const edited = (psid, mid, said, times) => ({
  ...between(psid),
  message_edit: { mid, text: said, num_edit: times },
});

export const unsent = (psid, mid) => ({
  ...between(psid),
  message: { mid, is_deleted: true },
});

export const echo = (psid, mid, said) => ({
  sender: { id: page },
  recipient: { id: psid },
  timestamp: Date.now(),
  message: { is_echo: true, app_id: 1517776481860111, mid, text: said },
});

export const delivered = (psid, ...mids) => ({
  sender: { id: psid },
  recipient: { id: page },
  delivery: { mids, watermark: Date.now() },
});

export const seen = (psid) => ({ ...between(psid), read: { watermark: Date.now() } });

const change = (field, value) =>
  JSON.stringify({
    object: 'page',
    entry: [{ id: page, time: Math.floor(Date.now() / 1000), changes: [{ field, value }] }],
  });

export const comment = (from, id, said, more = {}) =>
  change('feed', {
    item: 'comment',
    verb: 'add',
    comment_id: id,
    post_id: `${page}_77`,
    parent_id: `${page}_77`,
    from,
    message: said,
    created_time: Math.floor(Date.now() / 1000),
    ...more,
  });

export const review = (who, story, said, type) =>
  change('ratings', {
    item: 'rating',
    verb: 'add',
    reviewer_id: who.id,
    reviewer_name: who.name,
    recommendation_type: type,
    review_text: said,
    open_graph_story_id: story,
    created_time: Math.floor(Date.now() / 1000),
  });

// Answers of the Send API.
export const sent = (psid, mid) => [200, { recipient_id: psid, message_id: mid }];
const wrong = (status, message, code, error_subcode) => [
  status,
  { error: { message, type: 'OAuthException', code, error_subcode, fbtrace_id: 'BLBz/WZt8dN' } },
];
export const errors = {
  expired: wrong(400, 'Invalid OAuth access token.', 190, 463),
  closed: wrong(400, '(#10) This message is sent outside of allowed window.', 10, 2018278),
  blocked: wrong(400, "(#551) This person isn't available right now.", 551, 1545041),
  limited: wrong(400, '(#613) Calls to this API have exceeded the rate limit.', 613),
  nobody: wrong(400, '(#100) No matching user found', 100, 2018001),
  later: wrong(500, 'Temporary send message failure. Please try again later.', 1200),
};
