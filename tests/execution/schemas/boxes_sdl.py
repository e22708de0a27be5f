"""The boxes in the language of schemas."""

SDL = """
directive @oneOf on INPUT_OBJECT
scalar Odd
enum Colour { RED GREEN BLUE }
input Choice @oneOf { odd: Odd number: Int colours: [Colour!] }
input Size {
  width: Int! = 1 height: Float = 2 depth: [[Int!]] colour: Colour = RED
  inner: Size choice: Choice self: Int
}
interface Thing { id: ID! size: Int parts(first: Int = 2): [Thing] whole: Thing! }
interface Pet implements Thing {
  id: ID! size: Int parts(first: Int = 2): [Thing] whole: Thing! sound: String! friend: Pet
}
type Cat implements Thing & Pet {
  id: ID! size: Int parts(first: Int = 2): [Thing] whole: Thing! sound: String! friend: Pet
  lives: Int!
}
type Dog implements Thing & Pet {
  id: ID! size: Int parts(first: Int = 2): [Thing] whole: Thing! sound: String! friend: Pet
  tricks: [String!]!
}
union Content = Cat | Dog | Box
type Box implements Thing {
  id: ID! size: Int parts(first: Int = 2): [Thing] whole: Thing!
  content: Content contents: [Content!]! inner: Box sure: Box! pets: [Pet!]
  i: Int ii: Int! f: Float ff: Float! s: String ss: String! b: Boolean bb: Boolean! n: ID nn: ID!
  o: Odd oo: Odd! c: Colour cc: Colour!
  li: [Int] lii: [Int!] lli: [Int]! llii: [Int!]!
  m: [[Int]] mm: [[Int!]!]! mo: [[Odd!]] cube: [[[Int!]]]
  boxes: [Box!]! rows: [[Box]] rowsSure: [[Box!]!]!
  args(
    a: Int = 1, b: Int! = 2, size: Size, odd: Odd = "x", list: [[Colour]] = [[RED], null],
    choice: Choice, self: Int, info: Int, class: String
  ): String
}
type Query {
  box: Box boxSure: Box! thing: Thing content: Content boxes: [Box] i: Int ss: String! pet: Pet
}
type Mutation { box: Box thing: Thing! content: Content ss: String! i: Int }
"""
