export const loginWords = {
  vi: {
    title: 'Chào bạn',
    hint: 'Đăng nhập để làm việc.',
    ended: 'Phiên làm việc đã hết. Đăng nhập lại để làm tiếp.',
    user: 'Tên đăng nhập',
    password: 'Mật khẩu',
    enter: 'Đăng nhập',
    wrong: 'Tên hoặc mật khẩu chưa đúng.',
    forgot: 'Quên mật khẩu? Quản trị viên đặt lại giúp bạn.',
  },
  en: {
    title: 'Hello',
    hint: 'Log in to work.',
    ended: 'Your session has ended. Log in again to go on.',
    user: 'Login',
    password: 'Password',
    enter: 'Log in',
    wrong: 'That login and password do not belong together.',
    forgot: 'Forgot your password? An administrator can set a new one.',
  },
};
