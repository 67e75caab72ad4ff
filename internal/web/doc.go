// Package web is what every page shares: the shell with its languages, the
// components, forms with their errors, the one place that turns an error into a
// page, and the headers that keep other sites out. Faces write no class names,
// set no headers and show no error of their own.
package web
