import { number } from '../lib/i18n.svelte';

export const searchWords = {
  vi: {
    title: 'Tìm khách và hồ sơ',
    hint: 'Tên khách, số điện thoại, thư, mã đơn, số hồ sơ, lời đã viết; gõ không dấu cũng được',
    label: 'Tìm',
    found: (customers: number, others: boolean, n: number, more: boolean) =>
      [
        customers ? `${number(customers)}${others ? '+' : ''} khách hàng` : '',
        n ? `${number(n)}${more ? '+' : ''} hồ sơ` : '',
      ]
        .filter(Boolean)
        .join(' · ') || 'Không tìm thấy khách hay hồ sơ nào.',
    tryOther: 'Thử ít chữ hơn, tên khách, mã đơn, hoặc cả số điện thoại hay địa chỉ thư.',
    customers: 'Khách hàng',
    cases: 'Hồ sơ',
    recent: 'Tìm gần đây',
    forget: 'Xoá',
    results: 'Kết quả',
    searching: 'Đang tìm…',
    palette: 'Tìm, ra lệnh',
    paletteHint: 'Lệnh, hồ sơ, khách, hàng đợi, người',
    groups: {
      command: 'Lệnh',
      case: 'Hồ sơ',
      customer: 'Khách hàng',
      queue: 'Hàng đợi',
      agent: 'Người',
    },
    none: 'Không có gì khớp.',
    everywhere: (q: string) => `Tìm “${q}” trong mọi hồ sơ`,
    openNumber: (n: string) => `Mở hồ sơ #${n}`,
    newCase: 'Tạo hồ sơ',
    customer: 'Khách hàng',
    customerHint: 'Tên, số điện thoại hoặc thư',
    change: 'Chọn khách khác',
    noCustomer: 'Chưa có khách này. Ghi thư hoặc cuộc gọi đầu tiên của khách thì khách được tạo.',
    queue: 'Hàng đợi',
    subject: 'Tiêu đề',
    text: 'Ghi chú đầu tiên (khách không thấy)',
    make: 'Tạo',
    cancel: 'Thôi',
    needCustomer: 'Chọn khách hàng trước.',
    made: (n: number) => `Đã tạo hồ sơ #${n}.`,
    back: 'Về danh sách',
  },
  en: {
    title: 'Search customers and cases',
    hint: 'Name, telephone, mail, order, case number, what was written; marks may be left out',
    label: 'Search',
    found: (customers: number, others: boolean, n: number, more: boolean) =>
      [
        customers
          ? `${number(customers)}${others ? '+' : ''} ${customers === 1 ? 'customer' : 'customers'}`
          : '',
        n ? `${number(n)}${more ? '+' : ''} ${n === 1 && !more ? 'case' : 'cases'}` : '',
      ]
        .filter(Boolean)
        .join(' · ') || 'No customer and no case was found.',
    tryOther: 'Try fewer words, a name, an order, or a whole telephone number or mail address.',
    customers: 'Customers',
    cases: 'Cases',
    recent: 'Recent searches',
    forget: 'Forget',
    results: 'Results',
    searching: 'Searching…',
    palette: 'Search or do',
    paletteHint: 'Commands, cases, customers, queues, people',
    groups: {
      command: 'Commands',
      case: 'Cases',
      customer: 'Customers',
      queue: 'Queues',
      agent: 'People',
    },
    none: 'Nothing fits.',
    everywhere: (q: string) => `Search for “${q}” in all cases`,
    openNumber: (n: string) => `Open case #${n}`,
    newCase: 'New case',
    customer: 'Customer',
    customerHint: 'Name, telephone or mail',
    change: 'Choose another customer',
    noCustomer: 'No such customer yet. Log the first mail or call, and there will be one.',
    queue: 'Queue',
    subject: 'Subject',
    text: 'First note (the customer never sees it)',
    make: 'Create',
    cancel: 'Cancel',
    needCustomer: 'Choose the customer first.',
    made: (n: number) => `Case #${n} created.`,
    back: 'Back to the list',
  },
};
