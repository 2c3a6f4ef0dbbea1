// The interpreter asks for Node 22; all that it uses and older releases lack is Promise.withResolvers (ECMAScript
// 2024). With it in place Node 18 (Debian 12) and 20 run it as well. Import this file for its effect.

Promise.withResolvers ??= function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
