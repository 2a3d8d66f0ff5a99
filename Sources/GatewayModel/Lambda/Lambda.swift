/// The resources of AWS Lambda (2015-03-31) that an API needs, and what passes between their keepers.
package enum Lambda {}
