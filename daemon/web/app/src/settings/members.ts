import { classMembers } from './class-members';
import { journeyMembers } from './journey-members';
import { known } from './members-known';
import { surveyMembers } from './survey-members';

// What each member of the configuration is called, and what it does: label and
// hint, as desk.conf(5) has them.
type Said = readonly [label: string, hint: string];
export type Members = Record<string, Record<string, Said>>;

const vi: Members = {
  company: {
    name: ['Tên công ty', 'Khách thấy trong thư và khung chat.'],
    lang: ['Ngôn ngữ', 'Của những gì hệ thống tự viết cho khách.'],
    timezone: ['Múi giờ', 'Ví dụ Asia/Ho_Chi_Minh. Giờ làm việc và báo cáo tính theo đây.'],
    country: ['Mã nước của số điện thoại', 'Cho số không ghi mã nước: 84 là Việt Nam.'],
    close_after: [
      'Đóng hồ sơ sau khi giải quyết',
      'Trước lúc đó khách trả lời thì hồ sơ mở lại; sau đó mở hồ sơ mới nối tiếp.',
    ],
    url: [
      'Địa chỉ của hệ thống với khách',
      'Như https://desk.shop.vn. Có địa chỉ này mới gửi được liên kết xem hồ sơ.',
    ],
    link_after: [
      'Liên kết xem hồ sơ còn dùng được',
      'Từ lúc hồ sơ đóng; sau đó liên kết hết hiệu lực.',
    ],
  },
  top: {
    default_queue: ['Hàng đợi mặc định', 'Nhận những gì không địa chỉ hay quy tắc nào quyết định.'],
    order_pattern: [
      'Mẫu số đơn hàng',
      'Biểu thức chính quy POSIX, không phân biệt hoa thường. Mỗi dòng một mẫu.',
    ],
  },
  served: {
    email: ['Địa chỉ thư', 'Mỗi dòng một địa chỉ, rồi hàng đợi nhận.'],
  },
  mail: {
    undo_seconds: [
      'Hoãn gửi (giây)',
      'Trả lời đợi bấy lâu trước khi gửi, và còn rút lại được. Nhiều nhất 600.',
    ],
    retry_hours: [
      'Gửi lại trong (giờ)',
      'Thư chưa gửi được thì thử lại bấy lâu; sau đó tính là hỏng và hồ sơ lại tới hạn.',
    ],
    quote: ['Trích thư được trả lời', 'Thư của khách đứng dưới câu trả lời.'],
  },
  limits: {
    answers: ['Thư tự động cho một địa chỉ mỗi ngày', '0: không gửi thư tự động nào.'],
    exchange: ['Thư qua lại trong mười phút', 'Quá số này thì không tự động trả lời nữa.'],
    cases: ['Hồ sơ của một người trong một giờ', 'Quá số này thì không tự động trả lời nữa.'],
    flood: [
      'Chặn dồn dập: hồ sơ trong một giờ',
      'Quá số này thư của máy không mở thêm hồ sơ. 0: không bao giờ.',
    ],
  },
  units: {
    mail: ['Thư', 'Phần sức của một người (thường 100) mà một hồ sơ chiếm.'],
    chat: ['Chat', 'Một cuộc chat.'],
    call: ['Cuộc gọi', 'Một cuộc gọi; 100: không làm gì khác.'],
    social: ['Mạng xã hội', 'Một hồ sơ từ mạng xã hội.'],
    order: ['Đơn hàng', 'Một hồ sơ từ đơn hàng.'],
    store: ['Cửa hàng', 'Một hồ sơ từ cửa hàng.'],
    web: ['Trang hồ sơ của khách', 'Không ghi: 5.'],
  },
  presence: {
    reasons: ['Lý do vắng', 'Mỗi dòng một: họp, đào tạo… Mọi người chọn khi đổi trạng thái.'],
    grace: [
      'Mất kết nối thì chờ',
      'Sau đó người đang sẵn sàng thành vắng, và tự sẵn sàng lại nếu về trong 5 phút. Không ghi: 30 giây; 0: giữ nguyên.',
    ],
    chat_grace: [
      'Trả chat về hàng sau',
      'Khi người giữ đã rời; khách đang chờ. Không ghi: 15 giây.',
    ],
    leave: ['Trả hồ sơ khác về hàng sau', 'Khi người giữ đã rời. Không ghi: 4 giờ.'],
  },
  widget: {
    queue: [
      'Hàng đợi của khách mới',
      'Khách được báo thứ tự chờ của hàng đợi này trước khi viết. Không chọn: hàng đợi mặc định.',
    ],
    gone: ['Coi là đã rời sau', 'Khách không mở trang nào bấy lâu thì coi là đã đi.'],
    by_mail: ['Gửi thêm qua thư khi khách đã rời', 'Tới địa chỉ thư mà khách cho.'],
    transcript: ['Bản ghi cuộc chat qua thư', 'Cho chính khách, tới địa chỉ của khách.'],
    require_identity: [
      'Chỉ khách đã xác minh mới chat được',
      'Cần tệp khoá bên dưới, và cửa hàng của bạn ký cho khách.',
    ],
    secret_file: [
      'Tệp khoá xác minh',
      'Tên tệp trong thư mục state_dir của deskd. Không có: không ai chứng minh được mình là ai.',
    ],
  },
  queues: {
    title: ['Tên hiển thị', 'Như mọi người đọc: Bán hàng, Kho…'],
    first: [
      'Trả lời đầu tiên trong',
      'Khách được trả lời lần đầu trong khoảng này. Sắp tới hạn thì được mời trước.',
    ],
    next: ['Mỗi trả lời sau trong', 'Từ khi khách viết lại.'],
    offer: ['Thời gian mời nhận', 'Người được mời xem bấy lâu, rồi tới lượt người khác.'],
    offer_by: ['Thời gian mời theo kênh', 'Thay cho thời gian trên, ví dụ ngắn hơn cho cuộc gọi.'],
    mode: [
      'Cách giao việc',
      'Mời: người được mời nhận hay nhường. Giao ngay: thành của người đó luôn. Tự lấy: không mời ai. Không chọn: mời.',
    ],
    strategy: ['Mời ai trước', 'Không chọn: ai rảnh lâu nhất.'],
    order: [
      'Thứ tự cố định',
      'Mỗi dòng một tên đăng nhập; chỉ dùng khi mời theo thứ tự cố định. Ai không có ở đây thì sau cùng.',
    ],
    widen: [
      'Nới dần khi chờ lâu',
      'Hồ sơ chờ càng lâu càng mời nhiều người hơn. Các bước theo thời gian tăng dần, tính từ lúc vào hàng.',
    ],
    same_agent: ['Chờ người quen', 'Khách quay lại thì mời người cũ trước, chờ bấy lâu. 0: không.'],
    same_within: ['Người quen trong', 'Lần trả lời trước cách đây không quá.'],
    wrap_up: [
      'Ghi sau hồ sơ',
      'Xong một hồ sơ của kênh này thì có bấy lâu để ghi chép trước khi được mời tiếp.',
    ],
    full: [
      'Nhiều nhất bao nhiêu người chờ',
      'Tính khách chat và gọi điện; thư không bao giờ bị từ chối. 0: không giới hạn.',
    ],
    when_full: ['Khi đã đủ người chờ', 'Khách tới thêm thì sao.'],
    when_closed: ['Khách chat, gọi ngoài giờ', 'Tính theo giờ làm việc của hàng đợi.'],
    patience: [
      'Khách chờ được bao lâu',
      'Hết giờ này mà chưa ai trả lời thì làm tiếp việc bên cạnh. Từ 5 giây tới 1 ngày.',
    ],
    turned_away: ['Lời nhắn khi không ai rảnh', 'Mẫu gửi cho khách chat được mời để lại lời nhắn.'],
    when_abandoned: ['Khách rời đi khi chưa ai trả lời', 'Không chọn: hồ sơ ở nguyên chỗ cũ.'],
    short_abandon: ['Rời đi ngay', 'Chờ không quá bấy lâu thì không tính là bỏ cuộc vì đợi.'],
    hours: ['Giờ làm việc', 'Hạn trả lời chỉ tính trong giờ mở. Không chọn: luôn mở.'],
    signature: ['Chữ ký', 'Mẫu đứng dưới thư trả lời.'],
    acknowledge: [
      'Thư báo đã nhận',
      'Mẫu tự gửi một lần khi thư mở hồ sơ mới; không bao giờ gửi cho thư tự động.',
    ],
    acknowledge_closed: ['Thư báo ngoài giờ', 'Thay cho thư báo đã nhận khi ngoài giờ.'],
    members_only: ['Chỉ người trong hàng đợi được đọc', 'Cùng giám sát và quản trị viên.'],
  },
  agents: {
    display: ['Tên hiển thị', 'Như đồng nghiệp và khách thấy.'],
    role: ['Vai trò', 'Giám sát thấy mọi hàng đợi; quản trị viên đổi được cài đặt.'],
    queues: [
      'Hàng đợi',
      'Được mời hồ sơ của những hàng đợi này; ưu tiên nhỏ trước. Có thể chỉ giúp khi hồ sơ đã chờ một lúc.',
    ],
    skills: [
      'Kỹ năng',
      'Như vi, en, bao-hanh. Hồ sơ đòi kỹ năng không có ở đây, hay mức cao hơn, thì không mời.',
    ],
    limits: [
      'Nhiều nhất theo kênh',
      'Số hồ sơ của kênh đó cùng lúc, trong phạm vi sức làm ở trên.',
    ],
    capacity: ['Sức làm cùng lúc', 'Tổng phần của các hồ sơ đang giữ; thường là 100.'],
    schedule: ['Ca làm', 'Giờ phải có mặt; báo cáo so với đó. Không chọn: không so.'],
    email: ['Thư', 'Để đồng nghiệp biết.'],
    extension: ['Máy lẻ', 'Ở tổng đài: cuộc gọi nhận tại máy này là của người này.'],
  },
  hours: {
    week: ['Trong tuần', 'Mỗi dòng ngày và giờ: mon-fri 08:00-12:00; qua đêm: fri 22:00-02:00'],
    holidays: [
      'Ngày nghỉ',
      'Mỗi dòng một: 2027-02-05..2027-02-11 Tết; mở ngắn: 2027-02-04 08:00-11:30; theo âm lịch: tet 2027..2030 7d, gio-to 2027..2030',
    ],
    timezone: ['Múi giờ', 'Không ghi: múi giờ của công ty.'],
  },
  templates: {
    vi: [
      'Nội dung tiếng Việt',
      'Biến: {customer} {company} {queue} {ticket} {agent} {expected} {opens} {order} {subject}.',
    ],
    en: ['Nội dung tiếng Anh', '{customer|there}: chữ sau dấu | dùng khi chưa biết.'],
    subject_vi: ['Tiêu đề tiếng Việt', 'Của thư tự gửi.'],
    subject_en: ['Tiêu đề tiếng Anh', 'Của thư tự gửi.'],
    promise: ['Lời hứa đi kèm', 'Việc và thời gian: callback 2h, refund 3d. Gửi đi là ghi vào sổ.'],
  },
  rules: {
    keywords: [
      'Từ khoá',
      'Mỗi dòng một. Viết có dấu; cũng khớp khi khách gõ không dấu, viết tắt hay dính chữ.',
    ],
    channel: ['Kênh', 'Chỉ kênh này.'],
    to: ['Gửi tới', 'Chỉ khi khách liên hệ địa chỉ này.'],
    segment: ['Nhóm khách', 'Chỉ khách thuộc nhóm này, ví dụ vip.'],
    order: ['Có số đơn hàng', 'Chỉ khi tìm thấy số đơn.'],
    queue: [
      'Về hàng đợi',
      'Hàng đợi nặng điểm nhất nhận hồ sơ. Không chọn: chỉ đặt ưu tiên hay kỹ năng.',
    ],
    weight: ['Trọng số', 'Nhân với điểm từ khoá: 1 mỗi từ, 2 mỗi cụm, gấp đôi ở tiêu đề.'],
    priority: ['Ưu tiên', '1 tới 99; 50 là thường, mỗi bậc hơn kém một phút.'],
    skills: ['Cần kỹ năng', 'Chỉ mời ai có đủ những kỹ năng này, từ mức đó trở lên.'],
    prefer: ['Nên có kỹ năng', 'Mời người có trước, rồi tới người khác khi chờ lâu.'],
  },
  ...known.vi,
  ...classMembers.vi,
  ...surveyMembers.vi,
  ...journeyMembers.vi,
  automations: {
    on: ['Khi', 'Xảy ra ngay, hay sau một thời gian (thì ghi sau bao lâu).'],
    after: ['Sau', 'Chỉ khi đợi khách, chờ khách, đã giải quyết, trễ hạn. Ít nhất một phút.'],
    actions: [
      'Thì làm',
      'Mỗi dòng một: priority 80 · raise 5 · state pending · tag gap · untag gap · skill en 2 · prefer vi · move kho · assign an · notify supervisor · send MẪU · hook TÊN',
    ],
    queue: ['Chỉ ở hàng đợi', 'Không chọn: mọi hàng đợi.'],
    keywords: ['Chỉ khi khách viết', 'Mỗi dòng một. Chỉ với hồ sơ mới mở và khách viết thêm.'],
    channel: ['Chỉ kênh', 'Mỗi dòng một: mail, chat, call, social…'],
    segment: ['Chỉ nhóm khách', 'Mỗi dòng một, ví dụ vip.'],
    state: ['Chỉ khi hồ sơ đang', 'Mỗi dòng một: new, open, pending, resolved, closed.'],
    priority: ['Chỉ ưu tiên', 'Khoảng, như 60-99.'],
    lang: ['Chỉ khách dùng', 'Ngôn ngữ của khách.'],
    tag: ['Chỉ khi có nhãn', 'Mỗi dòng một; cần đủ.'],
    without: ['Chỉ khi không có nhãn', 'Mỗi dòng một; không có nhãn nào.'],
    mood: [
      'Chỉ khi khách',
      'bad: bực, plain: bình thường, good: vui; bad 2: bực rõ. Độ mạnh chỉ với hồ sơ mới mở và khách viết thêm.',
    ],
    assigned: ['Chỉ khi', 'Đã hay chưa có người giữ.'],
    daily: ['Nhiều nhất mỗi ngày', 'Với một hồ sơ. Không ghi: 10.'],
    send_every: ['Gửi cùng một khách cách nhau', 'Với send. Không ghi: 1 ngày.'],
  },
  targets: {
    queue: ['Hàng đợi', 'Không chọn: mọi hàng đợi.'],
    channel: ['Kênh', 'Không chọn kênh nào: mọi kênh.'],
    segment: ['Nhóm khách', 'Mỗi dòng một nhóm, ví dụ vip. Để trống: mọi khách.'],
    priority: ['Ưu tiên của hồ sơ', 'Một số hay một khoảng: 60-99. Để trống: mọi mức.'],
    first: ['Trả lời đầu tiên trong', 'Không ghi: như hàng đợi hẹn.'],
    next: ['Mỗi trả lời sau trong', 'Không ghi: như hàng đợi hẹn.'],
    resolve: ['Giải quyết xong trong', 'Từ khi mở hồ sơ, không tính lúc chờ khách.'],
    department: ['Ở mỗi bộ phận không quá', 'Một hàng đợi giữ hồ sơ bấy lâu thì quá hạn.'],
    hours: ['Tính trong giờ', 'Không chọn: giờ làm việc của hàng đợi.'],
    reopen: [
      'Hồ sơ mở lại',
      'Thời gian để giải quyết khi hồ sơ đã xong lại mở. Không chọn: tính lại từ đầu.',
    ],
    warn: ['Cảnh báo khi đã qua', 'Không ghi: không cảnh báo trước.'],
    on_warn: ['Khi cảnh báo', 'Nhiều nhất 5 việc, làm lần lượt.'],
    on_breach: ['Khi quá hạn', 'Cũng như trên. Mỗi việc chỉ một lần cho một hạn.'],
  },
  sources: {
    form: ['Dạng', 'Ai gửi và theo dạng nào tới /hooks/tên.'],
    host: ['Máy chủ', 'Chỉ Asterisk: nơi có giao diện quản lý, cổng 5038 nếu không ghi.'],
    user: ['Người dùng', 'Chỉ Asterisk: theo manager.conf.'],
    secret_file: ['Tệp khoá', 'Tên tệp trong state_dir; bên gửi ký bằng khoá này.'],
    trust: ['Địa chỉ được tin', 'Mỗi dòng một; gửi từ đây không cần ký.'],
  },
  hooks: {
    url: ['Địa chỉ nhận', 'https://… ; http chỉ tới máy ghi ở mục được phép.'],
    secret_file: ['Tệp khoá', 'Tên tệp trong state_dir, mỗi dòng một khoá; hai khi đang đổi.'],
    notices: ['Loại tin', 'Mỗi dòng một: event, assign, resolve… Trống: mọi tin về hồ sơ.'],
    queues: ['Chỉ các hàng đợi', 'Không chọn: tất cả.'],
    allow: ['Máy nội bộ được phép', 'Địa chỉ hay mạng, mỗi dòng một: 10.0.0.5, 10.1.0.0/16'],
    ca: ['Tệp chứng chỉ gốc', 'Trong state_dir; không ghi: của hệ điều hành.'],
    keep: ['Giữ để gửi lại', 'Tin đã gửi còn gửi lại được bấy lâu.'],
  },
};

const en: Members = {
  company: {
    name: ["Company's name", 'Customers see it in mails and in the chat.'],
    lang: ['Language', 'Of what the desk writes to customers by itself.'],
    timezone: ['Time zone', 'Such as Asia/Ho_Chi_Minh. Opening hours and figures go by it.'],
    country: ['Calling code', 'Of telephone numbers that carry none: 84 is Vietnam.'],
    close_after: [
      'Close resolved cases after',
      'Until then an answer opens the case again; later it opens one that follows it up.',
    ],
    url: [
      'Where customers reach the desk',
      'Such as https://desk.shop.com. Links to a case can be sent only with it.',
    ],
    link_after: ['Links to a case still work for', 'Counted from when the case was closed.'],
  },
  top: {
    default_queue: ['Default queue', 'Gets what no address and no rule decides.'],
    order_pattern: [
      'Order numbers',
      'POSIX extended regular expressions, any letter case, one a line.',
    ],
  },
  served: { email: ['Address', 'One a line, then the queue that gets it.'] },
  mail: {
    undo_seconds: [
      'Wait before sending (seconds)',
      'An answer waits so long, and can be taken back. 600 at most.',
    ],
    retry_hours: [
      'Try again for (hours)',
      'A mail that cannot be sent is tried so long; then it has failed and its case is due again.',
    ],
    quote: ['Quote what is answered', "The customer's mail stands below the answer."],
  },
  limits: {
    answers: ['Automatic answers to one address a day', '0: there are none.'],
    exchange: [
      'Mails to and fro in ten minutes',
      'After more than these nothing is answered automatically.',
    ],
    cases: [
      "One sender's cases in an hour",
      'After more than these nothing is answered automatically.',
    ],
    flood: [
      'Flood: cases in an hour',
      'After these what a machine wrote opens no more cases. 0: never.',
    ],
  },
  units: {
    mail: ['Mail', "How much of an agent's capacity (usually 100) one case takes."],
    chat: ['Chat', 'One chat.'],
    call: ['Call', 'One call; 100: nothing else beside it.'],
    social: ['Social network', 'One case of a social network.'],
    order: ['Order', 'One case of an order.'],
    store: ['Store', 'One case of a store.'],
    web: ["The customer's page of his case", 'Not set: 5.'],
  },
  presence: {
    reasons: [
      'Reasons for being away',
      'One a line: meeting, training… People choose when they change their state.',
    ],
    grace: [
      'Whose connection is lost is waited for',
      'After that who was ready is away, and ready again by himself when back within 5 minutes. Not set: 30 seconds; 0: he stays as he is.',
    ],
    chat_grace: [
      'Chats go back after',
      'When who has them has left: a customer waits. Not set: 15 seconds.',
    ],
    leave: ['Other cases go back after', 'When who has them has left. Not set: 4 hours.'],
  },
  widget: {
    queue: [
      "New visitors' queue",
      'Whose line a visitor is told of before he writes. None: the default queue.',
    ],
    gone: ['Gone after', 'A visitor with no page open for so long has left.'],
    by_mail: ['Also by mail when the visitor has gone', 'To the address that he gave.'],
    transcript: ['What was said, by mail', "To the visitor's own address."],
    require_identity: [
      'Only visitors who prove who they are',
      'Needs the secret below; your shop signs who they are.',
    ],
    secret_file: [
      'Secret file',
      "Its name under deskd's state_dir. Without it nobody can prove who he is.",
    ],
  },
  queues: {
    title: ['Title', 'As people read it: Sales, Warehouse…'],
    first: ['First answer within', 'What is due first is offered first.'],
    next: ['Each later answer within', 'Since the customer wrote again.'],
    offer: ['Offer for', 'An agent may look at an offer so long; then it is the next one’s turn.'],
    offer_by: ['Offer for, by channel', 'Instead of the time above, such as less for calls.'],
    mode: [
      'How it is handed out',
      'Offered: an agent takes or declines. Given at once: it is theirs. Taken: nobody is asked. Not set: offered.',
    ],
    strategy: ['Who is asked first', 'Not set: who has been idle longest.'],
    order: [
      'Fixed order',
      'One login a line; used when the order is fixed. Who is not named here comes last.',
    ],
    widen: [
      'Ask more as the wait grows',
      'The longer a case has waited in line, the more people are asked. Each step comes later than the one above.',
    ],
    same_agent: [
      'Wait for the same agent',
      'Who answered a returning customer is asked first, so long. 0: no.',
    ],
    same_within: ['The same agent within', 'His last answer is no longer ago than this.'],
    wrap_up: [
      'Wrap-up',
      'After a case of this channel an agent has so long to write things down before the next offer.',
    ],
    full: [
      'So many may wait',
      'In chats and calls; mail is never turned away. 0: as many as come.',
    ],
    when_full: ['When it is full', 'What becomes of who comes then.'],
    when_closed: ['Who chats or calls when it is closed', 'By the hours of the queue.'],
    patience: [
      'How long a customer waits',
      'After so long without an answer, what stands beside it happens. From 5 seconds to a day.',
    ],
    turned_away: [
      'Said when nobody is free',
      'The template for a visitor who is asked for a message or called back.',
    ],
    when_abandoned: ['Who left before an answer', 'Not set: the case stays where it is.'],
    short_abandon: ['Hardly there', 'Who left within this did not leave for waiting.'],
    hours: ['Opening hours', 'What is owed is due in open time only. None: always open.'],
    signature: ['Signature', 'The template below its answers by mail.'],
    acknowledge: [
      'Acknowledgement',
      'The template that is sent once when a mail opens a case; never to automatic mail.',
    ],
    acknowledge_closed: ['Acknowledgement when closed', 'Instead of the other, outside the hours.'],
    members_only: ['Only its own people may read', 'With supervisors and administrators.'],
  },
  agents: {
    display: ['Name', 'As colleagues and customers see it.'],
    role: ['Role', 'Supervisors see every queue; administrators change the settings.'],
    queues: [
      'Queues',
      'Is offered cases of these; a lower priority comes first. Some only when a case has waited for a while.',
    ],
    skills: [
      'Skills',
      'Such as vi, en, repair. A case that needs one which is not here, or a higher level, is not offered.',
    ],
    limits: ['Most by channel', 'Cases of a channel at once, within what stands above.'],
    capacity: ['Work at once', 'The sum of what the cases in hand take; usually 100.'],
    schedule: ['Schedule', 'The hours to be here, which reports compare with. None: they do not.'],
    email: ['Mail', 'For colleagues to know.'],
    extension: ['Extension', "At the telephone exchange: calls answered there are this person's."],
  },
  hours: {
    week: [
      'Through the week',
      'Days and times, one a line: mon-fri 08:00-12:00; over night: fri 22:00-02:00',
    ],
    holidays: [
      'Holidays',
      'One a line: 2027-02-05..2027-02-11 Tết; a short day: 2027-02-04 08:00-11:30; by the moon: tet 2027..2030 7d, gio-to 2027..2030',
    ],
    timezone: ['Time zone', "The company's when not given."],
  },
  templates: {
    vi: [
      'Text in Vietnamese',
      'Variables: {customer} {company} {queue} {ticket} {agent} {expected} {opens} {order} {subject}.',
    ],
    en: ['Text in English', '{customer|there}: what stands after | is used when it is not known.'],
    subject_vi: ['Subject in Vietnamese', 'Of what is sent by itself.'],
    subject_en: ['Subject in English', 'Of what is sent by itself.'],
    promise: [
      'What it promises',
      'Kind and time: callback 2h, refund 3d. On record as it goes out.',
    ],
  },
  rules: {
    keywords: [
      'Keywords',
      'One a line, with their marks; they also match without, in teencode or run together.',
    ],
    channel: ['Channel', 'Only this one.'],
    to: ['Sent to', 'Only when this address was contacted.'],
    segment: ['Segment', 'Only customers of this segment, such as vip.'],
    order: ['Has an order number', 'Only when one was found.'],
    queue: ['Queue', 'The heaviest queue gets the case. None: only priority or skills are set.'],
    weight: ['Weight', "Times the keywords': 1 each, 2 for a phrase, twice that in the subject."],
    priority: ['Priority', '1 to 99; 50 is normal, each step is a minute.'],
    skills: ['Skills needed', 'Only who has all of these, at that level or above, is asked.'],
    prefer: ['Skills preferred', 'Who has them is asked first, others as the wait grows.'],
  },
  ...known.en,
  ...classMembers.en,
  ...surveyMembers.en,
  ...journeyMembers.en,
  automations: {
    on: ['When', 'At once, or after a time (then say after how long).'],
    after: ['After', 'Of waiting, pending, resolved and overdue only. A minute at least.'],
    actions: [
      'Do',
      'One a line: priority 80 · raise 5 · state pending · tag late · untag late · skill en 2 · prefer vi · move warehouse · assign an · notify supervisor · send TEMPLATE · hook NAME',
    ],
    queue: ['Only in', 'None chosen: all queues.'],
    keywords: [
      'Only if the customer writes',
      'One a line. Of new cases and of what he writes later.',
    ],
    channel: ['Only by', 'One a line: mail, chat, call, social …'],
    segment: ['Only customers of', 'One a line, such as vip.'],
    state: ['Only in state', 'One a line: new, open, pending, resolved, closed.'],
    priority: ['Only priorities', 'A range such as 60-99.'],
    lang: ['Only in', "The customer's language."],
    tag: ['Only with the tags', 'One a line; all of them.'],
    without: ['Only without the tags', 'One a line; none of them.'],
    mood: [
      'Only if the customer feels',
      'bad, plain or good; bad 2: clearly so. How strong: of new cases and what he writes later.',
    ],
    assigned: ['Only if', 'Somebody has the case, or nobody.'],
    daily: ['At most so often a day', 'For one case. Not set: 10.'],
    send_every: ['To one customer at most every', 'Of send. Not set: one day.'],
  },
  targets: {
    queue: ['Queue', 'None: every queue.'],
    channel: ['Channels', 'None chosen: every channel.'],
    segment: ['Segments', "The customer's, one a line, such as vip. Empty: every customer."],
    priority: ["The case's priority", 'A number or a span: 60-99. Empty: any.'],
    first: ['First answer within', "Not set: the queue's promise."],
    next: ['Each later answer within', "Not set: the queue's promise."],
    resolve: ['Resolved within', 'Since it was opened, without the time that the customer takes.'],
    department: ['In a department at most', 'How long one queue may have it.'],
    hours: ['Counted in', "None: the queue's opening hours."],
    reopen: [
      'When it comes back',
      'The time to resolve a case that was resolved and is open again. Not set: it begins anew.',
    ],
    warn: ['Warn after', 'Empty: no warning.'],
    on_warn: ['Then', 'Five things at most, one after the other.'],
    on_breach: ['When it is overdue', 'The same. Each happens once for a clock.'],
  },
  sources: {
    form: ['Form', 'Who posts to /hooks/name, and how.'],
    host: ['Host', 'Asterisk only: its manager interface, port 5038 when none is given.'],
    user: ['User', 'Asterisk only: of manager.conf.'],
    secret_file: ['Secret file', 'Its name under state_dir; posts are signed with it.'],
    trust: ['Trusted addresses', 'One a line; what comes from them needs no signature.'],
  },
  hooks: {
    url: ['Address', 'https://…; http only to the hosts allowed below.'],
    secret_file: [
      'Secret file',
      'Its name under state_dir, a secret a line; two while they change.',
    ],
    notices: ['Notices', 'One a line: event, assign, resolve… None: all about cases.'],
    queues: ['Only these queues', 'None chosen: all.'],
    allow: ['Inner hosts allowed', 'Addresses or networks, one a line: 10.0.0.5, 10.1.0.0/16'],
    ca: ['Certificates', "A file under state_dir; the system's when not given."],
    keep: ['Keep for replays', 'How long a notice can be sent again.'],
  },
};

export const memberWords = { vi, en };
