// What is sent by itself when a mail comes, in and out of hours: as the sample
// conf/desk.conf has it.
import type { Answers } from './config';

const subject = {
  vi: '[{company}] Đã nhận yêu cầu số {ticket}',
  en: '[{company}] We have received your request no. {ticket}',
};

export const answers: Answers = {
  received: {
    subject,
    text: {
      vi: `Chào anh/chị,

{company} đã nhận được thư của anh/chị (yêu cầu số {ticket}) và sẽ trả lời {expected}. Anh/chị chỉ cần trả lời thư này nếu muốn bổ sung thông tin.

Đây là thư trả lời tự động.`,
      en: `Hello,

{company} has received your message (request no. {ticket}) and will answer {expected}. Simply reply to this mail if you would like to add anything.

This is an automatic reply.`,
    },
  },
  closed: {
    subject,
    text: {
      vi: `Chào anh/chị,

{company} đã nhận được thư của anh/chị (yêu cầu số {ticket}). Hiện đang ngoài giờ làm việc; chúng tôi làm việc lại lúc {opens} và sẽ trả lời {expected}.

Đây là thư trả lời tự động.`,
      en: `Hello,

{company} has received your message (request no. {ticket}). We are closed at the moment, open again at {opens}, and will answer {expected}.

This is an automatic reply.`,
    },
  },
};
