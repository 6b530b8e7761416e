// Gives the browser a file to save; its name tells its type.
export function download(name: string, text: string) {
  const type = name.endsWith('.html') ? 'text/html' : 'application/json';
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
