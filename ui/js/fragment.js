// Fetches a page of our own without its frame and gives the element with the
// same id from it; null when the page has none, as after the end of a session.
export async function fragment (url, id, signal) {
  const answer = await fetch(url, { headers: { 'X-Fragment': id }, credentials: 'same-origin', signal })
  if (!answer.ok) return null
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  return page.getElementById(id)
}
