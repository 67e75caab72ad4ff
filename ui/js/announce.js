// One live region for the whole page, so that nothing is read out twice.
export function announcer () {
  const region = document.getElementById('mk-status')
  return text => {
    if (!region || !text) return
    region.textContent = ''
    setTimeout(() => { region.textContent = text }, 100)
  }
}
