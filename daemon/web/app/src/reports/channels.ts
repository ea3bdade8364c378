export const channelWords = {
  vi: {
    mail: 'Thư',
    chat: 'Chat',
    call: 'Cuộc gọi',
    social: 'Mạng xã hội',
    order: 'Đơn hàng',
    store: 'Cửa hàng',
    desk: 'Trong nội bộ',
    web: 'Trang của khách',
  } as Record<string, string>,
  en: {
    mail: 'Mail',
    chat: 'Chat',
    call: 'Call',
    social: 'Social',
    order: 'Order',
    store: 'Store',
    desk: 'Within the desk',
    web: 'Customer page',
  } as Record<string, string>,
};
